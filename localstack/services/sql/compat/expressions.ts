/**
 * Functions whose meaning differs between Redshift and PostgreSQL, in the schema `redshift`. The translation calls
 * them by their full name. One-line SQL functions are inlined by the planner, so they cost nothing extra.
 */

/** Overloads for the types a value can have; `$1` stands for it. */
function overloads(types: readonly string[], build: (type: string) => string): string {
  return types.map(build).join("\n");
}

const fn = (signature: string, returns: string, body: string, volatility = "IMMUTABLE"): string =>
  `CREATE OR REPLACE FUNCTION redshift.${signature} RETURNS ${returns} LANGUAGE sql ${volatility} PARALLEL SAFE AS $fn$ SELECT ${body} $fn$;`;

const block = (signature: string, returns: string, body: string, volatility = "IMMUTABLE"): string =>
  `CREATE OR REPLACE FUNCTION redshift.${signature} RETURNS ${returns} LANGUAGE plpgsql ${volatility} AS $fn$ ${body} $fn$;`;

const MOMENTS = ["date", "timestamp", "text"];
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

const TIME = [
  fn("today()", "date", "(statement_timestamp() AT TIME ZONE 'UTC')::date", "STABLE"),
  fn("getdate()", "timestamp", "date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC')", "STABLE"),
  fn("sysdate()", "timestamp", "transaction_timestamp() AT TIME ZONE 'UTC'", "STABLE"),
  fn(
    "units(part text, amount bigint)",
    "interval",
    `CASE part WHEN 'quarter' THEN amount * 3 * interval '1 month' WHEN 'century' THEN amount * interval '100 years'
     WHEN 'decade' THEN amount * interval '10 years' WHEN 'millennium' THEN amount * interval '1000 years'
     WHEN 'millisecond' THEN amount * interval '1 millisecond' WHEN 'microsecond' THEN amount * interval '1 microsecond'
     ELSE amount * ('1 ' || part)::interval END`,
  ),
  overloads(MOMENTS, (type) =>
    fn(
      `dateadd(part text, amount bigint, moment ${type})`,
      "timestamp",
      "moment::timestamp + redshift.units(part, amount)",
    ),
  ),
  fn(
    "dateadd(part text, amount bigint, moment timestamptz)",
    "timestamptz",
    "moment + redshift.units(part, amount)",
    "STABLE",
  ),
  // Boundaries crossed, not time passed: month('2024-01-31', '2024-02-01') is 1.
  fn(
    "datediff(part text, a timestamp, b timestamp)",
    "bigint",
    `(CASE part
       WHEN 'year' THEN extract(year FROM b) - extract(year FROM a)
       WHEN 'quarter' THEN (extract(year FROM b) * 4 + extract(quarter FROM b)) - (extract(year FROM a) * 4 + extract(quarter FROM a))
       WHEN 'month' THEN (extract(year FROM b) * 12 + extract(month FROM b)) - (extract(year FROM a) * 12 + extract(month FROM a))
       WHEN 'day' THEN b::date - a::date
       WHEN 'hour' THEN floor(extract(epoch FROM b) / 3600) - floor(extract(epoch FROM a) / 3600)
       WHEN 'minute' THEN floor(extract(epoch FROM b) / 60) - floor(extract(epoch FROM a) / 60)
       WHEN 'second' THEN floor(extract(epoch FROM b)) - floor(extract(epoch FROM a))
       WHEN 'millisecond' THEN floor(extract(epoch FROM b) * 1000) - floor(extract(epoch FROM a) * 1000)
       WHEN 'microsecond' THEN (extract(epoch FROM b) - extract(epoch FROM a)) * 1000000
     END)::bigint`,
  ),
  overloads(["date", "text"], (type) =>
    fn(`datediff(part text, a ${type}, b ${type})`, "bigint", "redshift.datediff(part, a::timestamp, b::timestamp)"),
  ),
  fn(
    "datediff(part text, a timestamptz, b timestamptz)",
    "bigint",
    "redshift.datediff(part, a AT TIME ZONE 'UTC', b AT TIME ZONE 'UTC')",
  ),
  overloads(MOMENTS, (type) =>
    fn(`date_trunc(part text, moment ${type})`, "timestamp", "pg_catalog.date_trunc(part, moment::timestamp)"),
  ),
  fn("date_trunc(part text, moment timestamptz)", "timestamptz", "pg_catalog.date_trunc(part, moment, 'UTC')"),
  overloads(MOMENTS, (type) =>
    fn(`date_part(part text, moment ${type})`, "float8", "pg_catalog.date_part(part, moment::timestamp)"),
  ),
  fn("date_part(part text, moment timestamptz)", "float8", "pg_catalog.date_part(part, moment AT TIME ZONE 'UTC')"),
  fn(
    "last_day(moment timestamp)",
    "date",
    "(pg_catalog.date_trunc('month', moment) + interval '1 month - 1 day')::date",
  ),
  // From the last day of a month to the last day of a month.
  fn(
    "add_months(moment timestamp, amount bigint)",
    "timestamp",
    `CASE WHEN moment::date = redshift.last_day(moment)
       THEN redshift.last_day(moment + amount * interval '1 month') + moment::time ELSE moment + amount * interval '1 month' END`,
  ),
  fn(
    "convert_timezone(source text, target text, moment timestamp)",
    "timestamp",
    "(moment AT TIME ZONE source) AT TIME ZONE target",
  ),
  fn("convert_timezone(target text, moment timestamp)", "timestamp", "(moment AT TIME ZONE 'UTC') AT TIME ZONE target"),
  fn("convert_timezone(target text, moment timestamptz)", "timestamp", "moment AT TIME ZONE target"),
  fn("to_date(value text, format text)", "date", "pg_catalog.to_date(value, format)"),
  fn("trunc(moment timestamp)", "date", "moment::date"),
  fn("trunc(value numeric)", "numeric", "pg_catalog.trunc(value)"),
  fn("trunc(value float8)", "float8", "pg_catalog.trunc(value)"),
  fn("trunc(value numeric, digits integer)", "numeric", "pg_catalog.trunc(value, digits)"),
];

const TEXT = [
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
    fn(`cut(value ${type}, bytes integer)`, "text", "redshift.cut(value::text, bytes)", "STABLE"),
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

const BYTES = [
  block(
    "strtol_any(value text, base integer)",
    "bigint",
    `DECLARE total numeric := 0; digit integer; body text := lower(ltrim(value, '+-'));
     BEGIN
       IF base NOT BETWEEN 2 AND 36 THEN RAISE EXCEPTION 'STRTOL base % is not between 2 and 36', base; END IF;
       FOR i IN 1 .. length(body) LOOP
         digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', substr(body, i, 1)) - 1;
         IF digit < 0 OR digit >= base THEN
           RAISE EXCEPTION 'The input % is not valid to be converted to base %', value, base USING ERRCODE = '22023';
         END IF;
         total := total * base + digit;
       END LOOP;
       RETURN CASE WHEN value LIKE '-%' THEN -total ELSE total END;
     END`,
  ),
  fn(
    "strtol(value text, base integer)",
    "bigint",
    `CASE WHEN base = 16 AND length(value) BETWEEN 1 AND 15 AND pg_catalog.left(value, 1) NOT IN ('-', '+')
       THEN ('x' || lpad(value, 16, '0'))::bit(64)::bigint ELSE redshift.strtol_any(value, base) END`,
  ),
  fn("to_hex(value bigint)", "text", "pg_catalog.to_hex(value)"),
  fn("to_hex(value bytea)", "text", "encode(value, 'hex')"),
  fn("from_hex(value text)", "bytea", "decode(value, 'hex')"),
  fn("as_varbyte(value text)", "bytea", "convert_to(value, 'UTF8')"),
  fn("as_varbyte(value bytea)", "bytea", "value"),
  block(
    "to_varbyte(value text, format text)",
    "bytea",
    `BEGIN
       CASE lower(format)
         WHEN 'hex', 'hexadecimal' THEN RETURN decode(value, 'hex');
         WHEN 'base64' THEN RETURN decode(value, 'base64');
         WHEN 'utf8', 'utf-8' THEN RETURN convert_to(value, 'UTF8');
         ELSE RAISE EXCEPTION 'TO_VARBYTE format "%" is not supported by the local Redshift stand-in', format;
       END CASE;
     END`,
  ),
  block(
    "from_varbyte(value bytea, format text)",
    "text",
    `BEGIN
       CASE lower(format)
         WHEN 'hex', 'hexadecimal' THEN RETURN encode(value, 'hex');
         WHEN 'base64' THEN RETURN replace(encode(value, 'base64'), E'\\n', '');
         WHEN 'utf8', 'utf-8' THEN RETURN convert_from(value, 'UTF8');
         ELSE RAISE EXCEPTION 'FROM_VARBYTE format "%" is not supported by the local Redshift stand-in', format;
       END CASE;
     END`,
  ),
  fn(
    "sha2(value text, bits integer)",
    "text",
    `encode(CASE bits WHEN 0 THEN sha256(convert_to(value, 'UTF8')) WHEN 256 THEN sha256(convert_to(value, 'UTF8'))
       WHEN 224 THEN sha224(convert_to(value, 'UTF8')) WHEN 384 THEN sha384(convert_to(value, 'UTF8'))
       WHEN 512 THEN sha512(convert_to(value, 'UTF8')) END, 'hex')`,
  ),
];

/** SUPER is `json`, which keeps its text; blanks outside strings go. */
const SUPER = [
  fn(
    "compact_text(value text)",
    "text",
    `CASE WHEN value ~ '[ \\t\\n\\r]'
       THEN pg_catalog.regexp_replace(value, '("(?:[^"\\\\]|\\\\.)*")|[ \\t\\n\\r]+', '\\1', 'g') ELSE value END`,
  ),
  fn("compact(value json)", "json", "redshift.compact_text(value::text)::json"),
  fn("json_parse(value text)", "json", "redshift.compact_text(value)::json"),
  fn("json_serialize(value json)", "text", "redshift.compact_text(value::text)"),
  fn("as_super(value json)", "json", "value"),
  overloads(["text", "bigint", "numeric", "float8", "boolean"], (type) =>
    fn(`as_super(value ${type})`, "json", "to_json(value)"),
  ),
  fn("is_valid_json(value text)", "boolean", "value IS JSON"),
  fn("can_json_parse(value text)", "boolean", "value IS JSON"),
  fn("is_valid_json_array(value text)", "boolean", "value IS JSON ARRAY"),
  fn("json_array_length(value text)", "integer", "pg_catalog.json_array_length(value::json)"),
  fn("json_typeof(value json)", "text", "pg_catalog.json_typeof(value)"),
];

/** AVG of integers is a truncated BIGINT, of NUMERIC a value of the argument's scale. */
const AGGREGATES = [
  fn(
    "avg_add(state numeric[], value numeric)",
    "numeric[]",
    "CASE WHEN value IS NULL THEN state ELSE ARRAY[state[1] + 1, state[2] + value] END",
  ),
  fn(
    "avg_integer(state numeric[])",
    "bigint",
    "CASE WHEN state[1] > 0 THEN pg_catalog.trunc(state[2] / state[1])::bigint END",
  ),
  fn(
    "avg_numeric(state numeric[])",
    "numeric",
    "CASE WHEN state[1] > 0 THEN pg_catalog.trunc(state[2] / state[1], scale(state[2])) END",
  ),
  overloads(["smallint", "integer", "bigint"], (type) =>
    [
      fn(`avg_add(state numeric[], value ${type})`, "numeric[]", "redshift.avg_add(state, value::numeric)"),
      `CREATE OR REPLACE AGGREGATE redshift.avg(${type}) (SFUNC = redshift.avg_add, STYPE = numeric[], FINALFUNC = redshift.avg_integer, INITCOND = '{0,0}');`,
    ].join("\n"),
  ),
  "CREATE OR REPLACE AGGREGATE redshift.avg(numeric) (SFUNC = redshift.avg_add, STYPE = numeric[], FINALFUNC = redshift.avg_numeric, INITCOND = '{0,0}');",
  "CREATE OR REPLACE AGGREGATE redshift.avg(float8) (SFUNC = float8_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');",
  "CREATE OR REPLACE AGGREGATE redshift.avg(real) (SFUNC = float4_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');",
];

const SESSION = [
  fn(
    "pg_last_copy_count()",
    "bigint",
    "coalesce(nullif(current_setting('redshift.copy_count', true), ''), '0')::bigint",
    "STABLE",
  ),
  fn(
    "pg_last_copy_id()",
    "bigint",
    "coalesce(nullif(current_setting('redshift.copy_id', true), ''), '-1')::bigint",
    "STABLE",
  ),
  fn(
    "pg_last_query_id()",
    "bigint",
    "coalesce(nullif(current_setting('redshift.query_id', true), ''), '-1')::bigint",
    "STABLE",
  ),
  block(
    "refuse_when(condition boolean, reason text)",
    "void",
    "BEGIN IF condition THEN RAISE EXCEPTION '%', reason; END IF; END",
    "STABLE",
  ),
];

export const EXPRESSIONS = [...TIME, ...TEXT, ...BYTES, ...SUPER, ...AGGREGATES, ...SESSION].join("\n");
