import type { Cursor } from "../cursor.ts";
import { RefusedByRedshiftError } from "../errors.ts";
import { expression } from "../expression.ts";
import { fromClause } from "../from-clause.ts";
import { quoteIdentifier, sqlName } from "../identifiers.ts";
import { command, type CommandPlan } from "../plan.ts";
import { columnNames, query, startsQuery } from "../query.ts";
import { userRelation } from "../relations.ts";

/** INSERT INTO t [(columns)] { VALUES (...), ... | query | DEFAULT VALUES }. */
export function insert(c: Cursor): CommandPlan {
  c.expect("insert", "into");
  const table = userRelation(c.objectName());
  const names = c.atOperator("(") && !startsQueryIn(c) ? columnNames(c) : null;
  const columns = names === null ? "" : ` (${names.map(quoteIdentifier).join(", ")})`;
  const bare = new Set<number>();
  const sql = `INSERT INTO ${sqlName(table)}${columns} ${insertSource(c, bare)}`;
  refuseReturning(c);
  if (c.at("on")) throw new RefusedByRedshiftError("ON CONFLICT is not supported by Redshift: use MERGE");
  return command("INSERT", [sql], {
    counted: 0,
    literals: { table, columns: [...bare].map((at) => names?.[at] ?? at) },
  });
}

function startsQueryIn(c: Cursor): boolean {
  return ["select", "with"].includes(c.peek(1).value);
}

/** @param bare takes the places of bare literals in VALUES */
function insertSource(c: Cursor, bare: Set<number>): string {
  if (c.accept("default", "values")) return "DEFAULT VALUES";
  if (c.accept("values")) return `VALUES ${c.list(() => valuesRow(c, bare)).join(", ")}`;
  if (startsQuery(c) || c.atOperator("(")) return query(c);
  throw c.unexpected("VALUES or a query");
}

function valuesRow(c: Cursor, bare: Set<number>): string {
  let at = 0;
  const values = c.parenthesised(() =>
    c.list(() => {
      if (atBareLiteral(c)) bare.add(at);
      at++;
      return valueOrDefault(c);
    }),
  );
  return `(${values.join(", ")})`;
}

/** A string or parameter with nothing around it. */
function atBareLiteral(c: Cursor): boolean {
  const ends = c.peek(1).kind === "end" || [",", ")", ";"].some((operator) => c.atOperator(operator, 1));
  const next = c.peek(1);
  const clause = next.kind === "word" && ["from", "where", "when"].includes(next.value);
  return (c.peek().kind === "string" || c.peek().kind === "parameter") && (ends || clause);
}

function valueOrDefault(c: Cursor): string {
  return c.accept("default") ? "DEFAULT" : expression(c);
}

/** UPDATE t [[AS] alias] SET column = value, ... [FROM ...] [WHERE ...]. */
export function update(c: Cursor, ctes: string): CommandPlan {
  c.expect("update");
  const table = userRelation(c.objectName());
  const target = sqlName(table);
  const named = c.accept("as") || !c.at("set") ? ` AS ${quoteIdentifier(c.aliasName())}` : "";
  c.expect("set");
  const bare: string[] = [];
  const assignments = assignmentList(c, bare);
  const from = c.accept("from") ? ` FROM ${fromClause(c)}` : "";
  const where = c.accept("where") ? ` WHERE ${expression(c)}` : "";
  refuseReturning(c);
  return command("UPDATE", [`${ctes}UPDATE ${target}${named} SET ${assignments}${from}${where}`], {
    counted: 0,
    literals: { table, columns: bare },
  });
}

/** `column = value, ...`. @param bare takes the columns that get a bare literal */
export function assignmentList(c: Cursor, bare: string[]): string {
  const assignments = c.list(() => {
    if (c.atOperator("(")) throw new RefusedByRedshiftError("SET (a, b) = ... is not supported by Redshift");
    const name = c.identifier();
    if (c.atOperator("."))
      throw new RefusedByRedshiftError(`the assigned column "${name}..." stands without its table`);
    c.expectOperator("=");
    if (atBareLiteral(c)) bare.push(name);
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
