import { block, fn, overloads } from "./build.ts";

const PLAIN = [
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "real",
  "float8",
  "date",
  "timestamp",
  "timestamptz",
  "time",
  "interval",
];

/** Text, its length counted in bytes, and regular expressions. */
export const TEXT: readonly string[] = [
  block(
    "cut_at(value text, bytes integer)",
    "text",
    // The cut moves back to the start of the character that would be split.
    `DECLARE raw bytea := convert_to(value, 'UTF8'); n integer := bytes;
     BEGIN
       WHILE n > 0 AND get_byte(raw, n) & 192 = 128 LOOP n := n - 1; END LOOP;
       RETURN convert_from(substring(raw FROM 1 FOR n), 'UTF8');
     END`,
  ),
  fn(
    "cut(value text, bytes integer)",
    "text",
    "CASE WHEN octet_length(value) <= bytes THEN value ELSE redshift.cut_at(value, bytes) END",
  ),
  overloads(PLAIN, (type) =>
    fn(
      `cut(value ${type}, bytes integer)`,
      "text",
      // ASCII, so bytes are characters. The value is used once: otherwise the planner would call this for each row where
      // it is a long expression, which costs more than all the rest.
      "pg_catalog.left(value::text, bytes)",
      "STABLE",
    ),
  ),
  block(
    "cut(value boolean, bytes integer)",
    "text",
    "BEGIN RAISE EXCEPTION 'cannot cast type boolean to character varying' USING ERRCODE = '42846'; END",
  ),
  fn("cut(value bytea, bytes integer)", "text", "redshift.cut(convert_from(value, 'UTF8'), bytes)"),
  block(
    "cut(value json, bytes integer)",
    "text",
    `BEGIN
       IF json_typeof(value) IN ('object', 'array') THEN
         RAISE EXCEPTION 'cannot cast a SUPER % to character varying: use JSON_SERIALIZE', json_typeof(value) USING ERRCODE = '42846';
       END IF;
       RETURN redshift.cut(value #>> '{}', bytes);
     END`,
  ),
  fn("concat(a text, b text)", "text", "a || b"),
  fn("left(value text, n integer)", "text", "pg_catalog.left(value, greatest(n, 0))"),
  fn("right(value text, n integer)", "text", "pg_catalog.right(value, greatest(n, 0))"),
  fn("substring(value text, start integer)", "text", "pg_catalog.substring(value, start)"),
  fn("substring(value text, start integer, n integer)", "text", "pg_catalog.substring(value, start, greatest(n, 0))"),
  fn("substring(value bytea, start integer, n integer)", "bytea", "pg_catalog.substring(value, start, greatest(n, 0))"),
  block(
    "regexp_flags(parameters text)",
    "text",
    `BEGIN
       IF parameters !~ '^[ci]*$' THEN
         RAISE EXCEPTION 'regular expression parameters "%" are not supported by the local Redshift stand-in: c and i', parameters;
       END IF;
       RETURN replace(parameters, 'c', '');
     END`,
  ),
  fn(
    "regexp_replace(value text, pattern text, replacement text DEFAULT '', start integer DEFAULT 1, parameters text DEFAULT '')",
    "text",
    `pg_catalog.regexp_replace(value, pattern, pg_catalog.regexp_replace(replace(replacement, '\\', '\\\\'), '\\$(\\d)', '\\\\\\1', 'g'),
       start, 0, redshift.regexp_flags(parameters))`,
  ),
  // No match is an empty string in Redshift.
  fn(
    "regexp_substr(value text, pattern text, start integer DEFAULT 1, occurrence integer DEFAULT 1, parameters text DEFAULT '')",
    "text",
    `CASE WHEN value IS NOT NULL AND pattern IS NOT NULL
       THEN coalesce(pg_catalog.regexp_substr(value, pattern, start, occurrence, redshift.regexp_flags(parameters)), '') END`,
  ),
  fn(
    "regexp_count(value text, pattern text, start integer DEFAULT 1, parameters text DEFAULT '')",
    "integer",
    "pg_catalog.regexp_count(value, pattern, start, redshift.regexp_flags(parameters))",
  ),
  block(
    "listagg_result(value text)",
    "text",
    `BEGIN
       IF octet_length(value) > 65535 THEN RAISE EXCEPTION 'Result size exceeds LISTAGG limit' USING ERRCODE = '54000'; END IF;
       RETURN value;
     END`,
  ),
];
