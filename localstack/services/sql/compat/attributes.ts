/** What Redshift keeps of a table beyond PostgreSQL's catalogue, by the table's oid. */
export const ATTRIBUTES = `
CREATE TABLE IF NOT EXISTS redshift.table_attributes (oid oid PRIMARY KEY, attributes jsonb NOT NULL);

CREATE OR REPLACE FUNCTION redshift.attributes_of(relation oid) RETURNS jsonb LANGUAGE sql STABLE AS $fn$
  SELECT attributes FROM redshift.table_attributes WHERE oid = relation $fn$;

-- A table that existed before (IF NOT EXISTS) keeps what it has; LIKE takes distribution and sort keys over.
CREATE OR REPLACE FUNCTION redshift.remember_table(name text, given jsonb, parent text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  INSERT INTO redshift.table_attributes
    SELECT name::regclass, CASE WHEN parent IS NULL THEN given
      ELSE given || (coalesce(redshift.attributes_of(parent::regclass), '{}') - 'primaryKey') END
    ON CONFLICT DO NOTHING;
  PERFORM redshift.bind_late_views();
END $fn$;

-- The byte limits of a table made from a query: its VARCHAR columns have their lengths from there.
CREATE OR REPLACE FUNCTION redshift.limit_bytes(name text) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE c record;
BEGIN
  FOR c IN SELECT attname, atttypmod - 4 AS bytes FROM pg_attribute
    WHERE attrelid = name::regclass AND attnum > 0 AND atttypid IN (1042, 1043) AND atttypmod > 4 LOOP
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (octet_length(%I) <= %s)', name, left('bytes of ' || c.attname, 63), c.attname, c.bytes);
  END LOOP;
END $fn$;

CREATE OR REPLACE FUNCTION redshift.merge_attributes(name text, given jsonb) RETURNS void LANGUAGE sql AS $fn$
  INSERT INTO redshift.table_attributes AS t SELECT name::regclass, given
    ON CONFLICT (oid) DO UPDATE SET attributes = t.attributes || given || jsonb_build_object('encodings',
      coalesce(t.attributes -> 'encodings', '{}') || coalesce(given -> 'encodings', '{}')) $fn$;

CREATE OR REPLACE FUNCTION redshift.require_table(name text) RETURNS void LANGUAGE sql STABLE AS $fn$
  SELECT FROM (SELECT name::regclass) AS t $fn$;

CREATE OR REPLACE FUNCTION redshift.require_varchar(name text, "column" text) RETURNS void LANGUAGE plpgsql STABLE AS $fn$
DECLARE found text := (SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = name::regclass AND attname = "column");
BEGIN
  IF found IS NULL THEN RAISE EXCEPTION 'column "%" of relation % does not exist', "column", name USING ERRCODE = '42703'; END IF;
  IF found <> 'character varying' THEN
    RAISE EXCEPTION 'cannot alter type of column "%": only the size of VARCHAR columns can be changed', "column" USING ERRCODE = '0A000';
  END IF;
END $fn$;
`;
