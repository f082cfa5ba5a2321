import { block, fn, overloads } from "./build.ts";

/** VARBYTE, hexadecimal and hashes. */
export const BYTES: readonly string[] = [
  block(
    "strtol(value text, base integer)",
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
  // Its text is used once: otherwise the planner would call it for each row, which costs as much as an MD5.
  fn("strtol_hex(value text)", "bigint", "CAST('0x' || value AS bigint)"),
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
export const SUPER: readonly string[] = [
  fn(
    "compact_text(value text)",
    "text",
    `CASE WHEN value ~ '[ \\t\\n\\r]'
       THEN pg_catalog.regexp_replace(value, '("(?:[^"\\\\]|\\\\.)*")|[ \\t\\n\\r]+', '\\1', 'g') ELSE value END`,
  ),
  fn("compact(value json)", "json", "redshift.compact_text(value::text)::json"),
  fn("json_parse(value text)", "json", "redshift.compact_text(value)::json"),
  // Its VARCHAR ends where every VARCHAR does; JSON_SIZE and JSON_SERIALIZE_TO_VARBYTE have no such end.
  block(
    "json_varchar(value text)",
    "text",
    `BEGIN
       IF octet_length(value) > 65535 THEN
         RAISE EXCEPTION 'JSON_SERIALIZE: the JSON text has % bytes and exceeds the varchar limit of 65535', octet_length(value) USING ERRCODE = '54000';
       END IF;
       RETURN value;
     END`,
  ),
  // What is short before blanks go is short: only the rest is measured at the cost of a call.
  fn(
    "json_serialize(value json)",
    "text",
    `CASE WHEN octet_length(value::text) <= 65535 THEN redshift.compact_text(value::text)
       ELSE redshift.json_varchar(redshift.compact_text(value::text)) END`,
  ),
  fn("member(value json, name text)", "json", "value -> name"),
  fn("element(value json, place integer)", "json", "value -> place"),
  fn("as_super(value json)", "json", "value"),
  overloads(["text", "bigint", "numeric", "float8", "boolean"], (type) =>
    fn(`as_super(value ${type})`, "json", "to_json(value)"),
  ),
  fn("is_valid_json(value text)", "boolean", "value IS JSON"),
  fn("can_json_parse(value text)", "boolean", "value IS JSON"),
  fn("is_valid_json_array(value text)", "boolean", "value IS JSON ARRAY"),
  fn("json_array_length(value text)", "integer", "pg_catalog.json_array_length(value::json)"),
  fn("json_typeof(value json)", "text", "pg_catalog.json_typeof(value)"),
  fn("json_size(value json)", "integer", "octet_length(redshift.compact_text(value::text))"),
  fn("json_serialize_to_varbyte(value json)", "bytea", "convert_to(redshift.compact_text(value::text), 'UTF8')"),
  // A path that is not there is an empty string in Redshift.
  fn(
    "json_extract_path_text(value text, path text)",
    "text",
    "CASE WHEN value IS NOT NULL THEN coalesce(value::json ->> path, '') END",
  ),
];
