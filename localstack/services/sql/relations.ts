import { UnsupportedSqlError } from "./errors.ts";
import { sqlName, type ObjectName } from "./identifiers.ts";

/** Views of Redshift's own that compat/system-views.ts rebuilds. */
export const SYSTEM_VIEWS: ReadonlySet<string> = new Set([
  "sys_query_history",
  "sys_load_history",
  "sys_load_error_detail",
  "stl_load_errors",
  "svv_tables",
  "svv_columns",
  "svv_table_info",
  "pg_table_def",
]);
/** PostgreSQL's catalogue and the standard's views, as far as Redshift has them with the same columns. */
const CATALOGUE = new Set(["pg_namespace", "pg_tables", "pg_views"]);
const STANDARD = new Set(["tables", "columns", "schemata", "views"]);
const SYSTEM_NAME = /^(?:sys|svv|svl|svcs|stl|stv|pg)_/;

/**
 * The PostgreSQL relation behind a name in FROM.
 * @throws UnsupportedSqlError for a system view that the stand-in does not have
 */
export function relation(object: ObjectName): string {
  const { schema, name } = object;
  if (schema === "information_schema") {
    if (STANDARD.has(name))
      return sqlName({ schema: name === "columns" || name === "tables" ? "redshift" : schema, name: own(name) });
    throw new UnsupportedSqlError(`information_schema.${name}`);
  }
  if (schema === "redshift" || schema === "pg_toast") throw new UnsupportedSqlError(`schema ${schema}`);
  if (schema !== null && schema !== "pg_catalog") return sqlName(object);
  if (SYSTEM_VIEWS.has(name)) return sqlName({ schema: "redshift", name });
  if (CATALOGUE.has(name)) return sqlName({ schema: "pg_catalog", name });
  if (schema === "pg_catalog" || SYSTEM_NAME.test(name)) throw new UnsupportedSqlError(`system view ${name}`);
  return sqlName(object);
}

/** The standard's views without the stand-in's own schema and checks. */
function own(name: string): string {
  return name === "columns" || name === "tables" ? `information_schema_${name}` : name;
}

/** Names that statements may not create, change or write to. */
export function userRelation(object: ObjectName): ObjectName {
  const { schema, name } = object;
  if (schema === "redshift" || schema === "information_schema" || schema?.startsWith("pg_") === true)
    throw new UnsupportedSqlError(`changing schema ${schema}`);
  if (schema === null && (SYSTEM_VIEWS.has(name) || CATALOGUE.has(name)))
    throw new UnsupportedSqlError(`changing ${name}`);
  return object;
}
