import type { Cursor } from "../cursor.ts";
import { RefusedByRedshiftError } from "../errors.ts";
import { expression } from "../expression.ts";
import { fromClause } from "../from-clause.ts";
import { quoteIdentifier, sqlName } from "../identifiers.ts";
import { command, type CommandPlan } from "../plan.ts";
import { columnList, query, startsQuery } from "../query.ts";
import { userRelation } from "../relations.ts";

/** INSERT INTO t [(columns)] { VALUES (...), ... | query | DEFAULT VALUES }. */
export function insert(c: Cursor): CommandPlan {
  c.expect("insert", "into");
  const target = sqlName(userRelation(c.objectName()));
  const columns = c.atOperator("(") && !startsQueryIn(c) ? ` ${columnList(c)}` : "";
  const sql = `INSERT INTO ${target}${columns} ${insertSource(c)}`;
  refuseReturning(c);
  if (c.at("on")) throw new RefusedByRedshiftError("ON CONFLICT is not supported by Redshift: use MERGE");
  return command("INSERT", [sql], { counted: 0 });
}

function startsQueryIn(c: Cursor): boolean {
  return ["select", "with"].includes(c.peek(1).value);
}

function insertSource(c: Cursor): string {
  if (c.accept("default", "values")) return "DEFAULT VALUES";
  if (c.accept("values"))
    return `VALUES ${c.list(() => `(${c.parenthesised(() => c.list(() => valueOrDefault(c))).join(", ")})`).join(", ")}`;
  if (startsQuery(c) || c.atOperator("(")) return query(c);
  throw c.unexpected("VALUES or a query");
}

function valueOrDefault(c: Cursor): string {
  return c.accept("default") ? "DEFAULT" : expression(c);
}

/** UPDATE t [[AS] alias] SET column = value, ... [FROM ...] [WHERE ...]. */
export function update(c: Cursor, ctes: string): CommandPlan {
  c.expect("update");
  const target = sqlName(userRelation(c.objectName()));
  const named = c.accept("as") || !c.at("set") ? ` AS ${quoteIdentifier(c.identifier())}` : "";
  c.expect("set");
  const assignments = assignmentList(c);
  const from = c.accept("from") ? ` FROM ${fromClause(c)}` : "";
  const where = c.accept("where") ? ` WHERE ${expression(c)}` : "";
  refuseReturning(c);
  return command("UPDATE", [`${ctes}UPDATE ${target}${named} SET ${assignments}${from}${where}`], { counted: 0 });
}

/** `column = value, ...`. */
export function assignmentList(c: Cursor): string {
  const assignments = c.list(() => {
    if (c.atOperator("(")) throw new RefusedByRedshiftError("SET (a, b) = ... is not supported by Redshift");
    const name = c.identifier();
    if (c.atOperator("."))
      throw new RefusedByRedshiftError(`the assigned column "${name}..." stands without its table`);
    c.expectOperator("=");
    return `${quoteIdentifier(name)} = ${valueOrDefault(c)}`;
  });
  return assignments.join(", ");
}

/** DELETE [FROM] t [USING ...] [WHERE ...]. */
export function deleteFrom(c: Cursor, ctes: string): CommandPlan {
  c.expect("delete");
  c.accept("from");
  const target = sqlName(userRelation(c.objectName()));
  const { kind } = c.peek();
  if (kind === "quoted" || (kind === "word" && !c.atAny("using", "where", "returning")))
    throw new RefusedByRedshiftError("Redshift's DELETE has no alias for its table: name the table itself");
  const using = c.accept("using") ? ` USING ${fromClause(c)}` : "";
  const where = c.accept("where") ? ` WHERE ${expression(c)}` : "";
  refuseReturning(c);
  return command("DELETE", [`${ctes}DELETE FROM ${target}${using}${where}`], { counted: 0 });
}

function refuseReturning(c: Cursor): void {
  if (c.at("returning")) throw new RefusedByRedshiftError("RETURNING is not supported by Redshift");
}
