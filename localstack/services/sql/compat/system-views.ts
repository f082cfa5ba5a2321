/** Redshift's short name of a column's type, from a PostgreSQL format_type text. */
const TYPE = (text: string): string =>
  `CASE ${text} WHEN 'json' THEN 'super' WHEN 'bytea' THEN 'binary varying' ELSE ${text} END`;

const USER_SCHEMAS =
  "n.nspname NOT IN ('redshift', 'pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_toast_temp%'";

/** Histories that outlive a transaction, and the views over them and over the catalogue under Redshift's names. */
export const SYSTEM_VIEWS_SQL = `
CREATE SEQUENCE IF NOT EXISTS redshift.query_ids START 1001;

CREATE UNLOGGED TABLE IF NOT EXISTS redshift.query_history (
  query_id bigint, query_label text, session_id integer, database_name text, query_type text, status text,
  start_time timestamp, end_time timestamp, error_message text, returned_rows bigint, query_text text);
CREATE UNLOGGED TABLE IF NOT EXISTS redshift.load_history (
  query_id bigint, session_id integer, database_name text, table_name text, start_time timestamp, end_time timestamp,
  data_source text, file_format text, loaded_rows bigint, loaded_bytes bigint, source_file_count bigint,
  source_file_bytes bigint, error_count bigint, status text);
CREATE UNLOGGED TABLE IF NOT EXISTS redshift.load_errors (
  query_id bigint, session_id integer, database_name text, table_id oid, start_time timestamp, file_name text,
  line_number bigint, column_name text, column_type text, column_length text, position integer, error_code integer,
  error_message text, raw_line text, raw_field_value text);

CREATE OR REPLACE VIEW redshift.sys_query_history AS
  SELECT 100 AS user_id, query_id, query_label, query_id AS transaction_id, session_id, database_name, query_type, status,
    false AS result_cache_hit, start_time, end_time,
    (extract(epoch FROM end_time - start_time) * 1000000)::bigint AS elapsed_time, 0::bigint AS queue_time,
    (extract(epoch FROM end_time - start_time) * 1000000)::bigint AS execution_time, error_message, returned_rows, query_text
  FROM redshift.query_history;

CREATE OR REPLACE VIEW redshift.sys_load_history AS
  SELECT 100 AS user_id, query_id, query_id AS transaction_id, session_id, database_name, table_name, start_time, end_time,
    (extract(epoch FROM end_time - start_time) * 1000000)::bigint AS duration, data_source, file_format, loaded_rows,
    loaded_bytes, source_file_count, source_file_bytes, source_file_count AS file_count_scanned,
    source_file_bytes AS file_bytes_scanned, error_count, status
  FROM redshift.load_history;

CREATE OR REPLACE VIEW redshift.sys_load_error_detail AS
  SELECT 100 AS user_id, query_id, query_id AS transaction_id, session_id, database_name, table_id::integer AS table_id,
    start_time, file_name, line_number, column_name, column_type, column_length, position, error_code, error_message
  FROM redshift.load_errors;

CREATE OR REPLACE VIEW redshift.stl_load_errors AS
  SELECT 100 AS userid, 0 AS slice, table_id::integer AS tbl, start_time AS starttime, session_id AS session, query_id AS query,
    file_name AS filename, line_number, column_name AS colname, column_type AS type, column_length AS col_length, position,
    raw_line, raw_field_value, error_code AS err_code, error_message AS err_reason, 0 AS is_partial, 0 AS start_offset
  FROM redshift.load_errors;

CREATE OR REPLACE VIEW redshift.svv_tables AS
  SELECT current_database()::text AS table_catalog, n.nspname::text AS table_schema, c.relname::text AS table_name,
    CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'BASE TABLE' END AS table_type, obj_description(c.oid, 'pg_class') AS remarks
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v') AND ${USER_SCHEMAS};

CREATE OR REPLACE VIEW redshift.svv_columns AS
  SELECT current_database()::text AS table_catalog, n.nspname::text AS table_schema, c.relname::text AS table_name,
    a.attname::text AS column_name, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)::integer AS ordinal_position,
    pg_get_expr(d.adbin, d.adrelid) AS column_default, CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable,
    ${TYPE("format_type(a.atttypid, NULL)")} AS data_type,
    CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS character_maximum_length,
    CASE a.atttypid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53
      WHEN 1700 THEN CASE WHEN a.atttypmod > 4 THEN ((a.atttypmod - 4) >> 16) & 65535 END END AS numeric_precision,
    CASE WHEN a.atttypid IN (20, 21, 23) THEN 0 WHEN a.atttypid = 1700 AND a.atttypmod > 4 THEN (a.atttypmod - 4) & 2047 END AS numeric_scale,
    CASE WHEN a.atttypid IN (1114, 1184, 1083, 1266) THEN 6 END AS datetime_precision, col_description(c.oid, a.attnum) AS remarks
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped AND ${USER_SCHEMAS};

CREATE OR REPLACE VIEW redshift.information_schema_tables AS
  SELECT table_catalog, table_schema, table_name, table_type FROM redshift.svv_tables;
CREATE OR REPLACE VIEW redshift.information_schema_columns AS
  SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable, data_type,
    character_maximum_length, numeric_precision, numeric_scale, datetime_precision FROM redshift.svv_columns;

CREATE OR REPLACE FUNCTION redshift.row_count(relation oid) RETURNS bigint LANGUAGE plpgsql STABLE AS $fn$
DECLARE total bigint;
BEGIN EXECUTE format('SELECT count(*) FROM %s', relation::regclass) INTO total; RETURN total; END $fn$;

CREATE OR REPLACE VIEW redshift.svv_table_info AS
  SELECT current_database()::text AS "database", n.nspname::text AS "schema", c.oid::integer AS table_id, c.relname::text AS "table",
    'Y'::text AS encoded,
    CASE t.attributes ->> 'diststyle' WHEN 'KEY' THEN 'KEY(' || (t.attributes ->> 'distkey') || ')'
      WHEN 'EVEN' THEN 'EVEN' WHEN 'ALL' THEN 'ALL' ELSE 'AUTO(EVEN)' END AS diststyle,
    CASE t.attributes ->> 'sortstyle' WHEN 'INTERLEAVED' THEN 'INTERLEAVED' WHEN 'AUTO' THEN 'AUTO(SORTKEY)'
      ELSE t.attributes -> 'sortkeys' ->> 0 END AS sortkey1,
    coalesce(jsonb_array_length(t.attributes -> 'sortkeys'), 0) AS sortkey_num,
    (pg_total_relation_size(c.oid) / 1048576)::bigint AS size, redshift.row_count(c.oid) AS tbl_rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN redshift.table_attributes t ON t.oid = c.oid
  WHERE c.relkind IN ('r', 'p') AND ${USER_SCHEMAS};

-- Only tables of schemas in the search path, as Redshift has it.
CREATE OR REPLACE VIEW redshift.pg_table_def AS
  SELECT n.nspname::text AS schemaname, c.relname::text AS tablename, a.attname::text AS "column",
    ${TYPE("format_type(a.atttypid, a.atttypmod)")} AS type,
    coalesce(t.attributes -> 'encodings' ->> a.attname, 'none') AS encoding,
    coalesce(t.attributes ->> 'distkey' = a.attname, false) AS distkey,
    coalesce((SELECT k.position FROM jsonb_array_elements_text(t.attributes -> 'sortkeys') WITH ORDINALITY AS k(name, position)
      WHERE k.name = a.attname), 0)::integer AS sortkey,
    a.attnotnull AS "notnull"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN redshift.table_attributes t ON t.oid = c.oid
  WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY (current_schemas(false)) AND ${USER_SCHEMAS};
`;
