/**
 * Late-binding views (WITH NO SCHEMA BINDING) on a server that binds early: kept as text with their comments, taken
 * down before a change of what they read, created again as soon as their text can be bound.
 */
export const LATE_VIEWS = `
CREATE TABLE IF NOT EXISTS redshift.late_views (
  view text PRIMARY KEY, definition text NOT NULL, comments jsonb NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL DEFAULT clock_timestamp());

CREATE OR REPLACE FUNCTION redshift.view_comments(target regclass) RETURNS jsonb LANGUAGE sql STABLE AS $fn$
  SELECT coalesce(jsonb_object_agg(coalesce(a.attname, ''), d.description), '{}')
  FROM pg_description d LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
  WHERE d.classoid = 'pg_class'::regclass AND d.objoid = target $fn$;

CREATE OR REPLACE FUNCTION redshift.apply_comments(target text, comments jsonb) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE c record;
BEGIN
  FOR c IN SELECT key, value FROM jsonb_each_text(comments) LOOP
    IF c.key = '' THEN EXECUTE format('COMMENT ON VIEW %s IS %L', target, c.value);
    ELSIF EXISTS (SELECT FROM pg_attribute WHERE attrelid = target::regclass AND attname = c.key AND NOT attisdropped) THEN
      EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', target, c.key, c.value);
    END IF;
  END LOOP;
END $fn$;

-- Takes down the late-binding views that read this relation, and those that read them.
CREATE OR REPLACE FUNCTION redshift.release_late_views(relation text) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE reader record;
BEGIN
  IF to_regclass(relation) IS NULL THEN RETURN; END IF;
  FOR reader IN
    SELECT DISTINCT v.view, to_regclass(v.view) AS oid
    FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN redshift.late_views v ON to_regclass(v.view) = r.ev_class
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = to_regclass(relation) AND r.ev_class <> d.refobjid
  LOOP
    IF to_regclass(reader.view) IS NULL THEN CONTINUE; END IF;
    PERFORM redshift.release_late_views(reader.view);
    UPDATE redshift.late_views SET comments = redshift.view_comments(reader.oid) WHERE view = reader.view;
    EXECUTE format('DROP VIEW %s', reader.view);
  END LOOP;
END $fn$;

-- Creates each late-binding view whose text can be bound now; several rounds, because views read views.
CREATE OR REPLACE FUNCTION redshift.bind_late_views() RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE v record; progress boolean := true;
BEGIN
  WHILE progress LOOP
    progress := false;
    FOR v IN SELECT * FROM redshift.late_views WHERE to_regclass(view) IS NULL ORDER BY created_at LOOP
      BEGIN
        EXECUTE v.definition;
        PERFORM redshift.apply_comments(v.view, v.comments);
        progress := true;
      EXCEPTION WHEN undefined_table OR undefined_column OR invalid_schema_name OR undefined_function OR datatype_mismatch THEN NULL;
      END;
    END LOOP;
  END LOOP;
END $fn$;

CREATE OR REPLACE FUNCTION redshift.create_late_view(name text, definition text, replace boolean) RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE existing regclass := to_regclass(name); kept jsonb := '{}';
BEGIN
  IF existing IS NOT NULL THEN
    IF NOT replace THEN RAISE EXCEPTION 'relation % already exists', name USING ERRCODE = '42P07'; END IF;
    PERFORM redshift.release_late_views(name);
    kept := redshift.view_comments(existing);
    EXECUTE format('DROP VIEW %s', name);
  END IF;
  INSERT INTO redshift.late_views (view, definition, comments) VALUES (name, definition, kept)
    ON CONFLICT (view) DO UPDATE SET definition = excluded.definition, comments = excluded.comments;
  PERFORM redshift.bind_late_views();
END $fn$;

CREATE OR REPLACE FUNCTION redshift.forget_late_view(name text) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  DELETE FROM redshift.late_views WHERE view = name;
  IF FOUND AND to_regclass(name) IS NOT NULL THEN EXECUTE format('DROP VIEW %s', name); END IF;
END $fn$;

CREATE OR REPLACE FUNCTION redshift.forget_late_views_in(schema text) RETURNS void LANGUAGE sql AS $fn$
  DELETE FROM redshift.late_views WHERE view LIKE quote_ident(schema) || '.%' OR view LIKE '"' || schema || '".%' $fn$;

CREATE OR REPLACE FUNCTION redshift.drop_view(name text, if_exists boolean, cascade boolean) RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  DELETE FROM redshift.late_views WHERE view = name;
  IF FOUND AND to_regclass(name) IS NULL THEN RETURN; END IF;
  EXECUTE format('DROP VIEW %s %s %s', CASE WHEN if_exists THEN 'IF EXISTS' ELSE '' END, name, CASE WHEN cascade THEN 'CASCADE' ELSE '' END);
END $fn$;
`;
