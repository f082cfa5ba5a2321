import type { Cursor } from "../cursor.ts";
import { RefusedByRedshiftError, SqlError } from "../errors.ts";
import { quoteLiteral, sqlName, type ObjectName } from "../identifiers.ts";
import { command, type CommandPlan } from "../plan.ts";
import { columnList, query } from "../query.ts";
import { userRelation } from "../relations.ts";
import { bytesCheck, columnDefinition, columnSql, tableConstraint, type ColumnDefinition } from "./columns.ts";
import { checkAttributes, newAttributes, readTableAttributes, type TableAttributes } from "./table-attributes.ts";

const MAX_COLUMNS = 1600;

/** CREATE [LOCAL] [TEMP] TABLE, with columns, LIKE or AS. */
export function createTable(c: Cursor): CommandPlan {
  c.expect("create");
  c.accept("local");
  const marked = c.accept("temp") || c.accept("temporary");
  c.expect("table");
  const ifNotExists = c.accept("if", "not", "exists");
  const name = userRelation(c.objectName());
  const temporary = marked || name.name.startsWith("#");
  if (temporary && name.schema !== null) throw new SqlError("cannot create temporary relation in non-temporary schema");
  const target = `CREATE ${temporary ? "TEMP " : ""}TABLE ${ifNotExists ? "IF NOT EXISTS " : ""}${sqlName(name)}`;
  if (isCreateAs(c)) {
    if (ifNotExists) throw new RefusedByRedshiftError("CREATE TABLE IF NOT EXISTS ... AS is not supported by Redshift");
    return createAs(c, name, target, temporary);
  }
  const body = tableBody(c);
  readTableAttributes(c, body.attributes);
  checkAttributes(body.attributes, new Map(body.columns.map((column) => [column.name, column.type.name])));
  const create = `${target} (${bodySql(body).join(", ")})`;
  return command("CREATE TABLE", [create, ...remember(name, body.attributes, body.parents, temporary)]);
}

interface TableBody {
  readonly columns: readonly ColumnDefinition[];
  /** PostgreSQL's LIKE clauses. */
  readonly likes: readonly string[];
  readonly parents: readonly ObjectName[];
  readonly attributes: TableAttributes;
}

function tableBody(c: Cursor): TableBody {
  const attributes = newAttributes();
  const columns: ColumnDefinition[] = [];
  const likes: string[] = [];
  const parents: ObjectName[] = [];
  c.parenthesised(() =>
    c.list(() => {
      if (c.accept("like")) {
        const parent = userRelation(c.objectName());
        parents.push(parent);
        likes.push(`LIKE ${sqlName(parent)} INCLUDING CONSTRAINTS${likeDefaults(c)}`);
      } else if (!tableConstraint(c, attributes)) columns.push(columnDefinition(c, attributes));
    }),
  );
  if (columns.length > MAX_COLUMNS) throw new SqlError(`a table has at most ${MAX_COLUMNS} columns`);
  return { columns, likes, parents, attributes };
}

function likeDefaults(c: Cursor): string {
  if (c.accept("including", "defaults")) return " INCLUDING DEFAULTS";
  c.accept("excluding", "defaults");
  return "";
}

function bodySql({ columns, likes, attributes }: TableBody): string[] {
  const checks = columns.map((column) => bytesCheck(column.name, column.type)).filter((check) => check !== null);
  return [...columns.map((column) => columnSql(column, attributes.primaryKey)), ...likes, ...checks];
}

/** CREATE TABLE t [(names)] [attributes] AS query. */
function isCreateAs(c: Cursor): boolean {
  for (let depth = 0, i = 0; c.peek(i).kind !== "end"; i++) {
    if (c.atOperator("(", i)) depth++;
    else if (c.atOperator(")", i)) depth--;
    else if (depth === 0 && c.peek(i).kind === "word" && c.peek(i).value === "as") return true;
  }
  return false;
}

function createAs(c: Cursor, name: ObjectName, target: string, temporary: boolean): CommandPlan {
  const columns = c.atOperator("(") ? ` ${columnList(c)}` : "";
  const attributes = newAttributes();
  readTableAttributes(c, attributes);
  c.expect("as");
  const limits = temporary ? [] : [`SELECT redshift.limit_bytes(${quoteLiteral(sqlName(name))})`];
  return command(
    "CREATE TABLE AS",
    [`${target}${columns} AS ${query(c)}`, ...limits, ...remember(name, attributes, [], temporary)],
    { counted: 0 },
  );
}

/** Keeps the attributes for the system views and binds views that waited for this table; temporary tables go without. */
function remember(
  name: ObjectName,
  attributes: TableAttributes,
  parents: readonly ObjectName[],
  temporary: boolean,
): string[] {
  if (temporary) return [];
  const parent = parents[0] === undefined ? "NULL" : quoteLiteral(sqlName(parents[0]));
  const json = quoteLiteral(JSON.stringify(attributes));
  return [`SELECT redshift.remember_table(${quoteLiteral(sqlName(name))}, ${json}, ${parent})`];
}
