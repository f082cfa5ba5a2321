import type { Cursor } from "./cursor.ts";
import { RefusedByRedshiftError, SqlError, UnsupportedSqlError } from "./errors.ts";
import { expression } from "./expression.ts";
import { functionRule, needsFrame, type FunctionRule } from "./functions.ts";
import { orderBy } from "./query.ts";

/** Translates `name(arguments) [WITHIN GROUP (...)] [OVER (...)]`. @throws UnsupportedSqlError for an unknown name */
export function functionCall(c: Cursor): string {
  const name = c.next().value;
  const rule = functionRule(name);
  if (rule === undefined) throw new UnsupportedSqlError(`function ${name.toUpperCase()}()`);
  const call = argumentsOf(c, name, rule);
  if (c.at("within")) throw new SqlError(`WITHIN GROUP does not go with ${name.toUpperCase()}()`);
  if (c.at("filter") && c.atOperator("(", 1))
    throw new RefusedByRedshiftError("FILTER (WHERE ...) is not supported by Redshift: use CASE inside the aggregate");
  if (c.atAny("ignore", "respect"))
    throw new UnsupportedSqlError(`${c.peek().value.toUpperCase()} NULLS`, "Order NULLs away instead.");
  if (c.at("over")) return `${call} ${over(c, name, rule)}`;
  if (rule.kind === "window") throw new SqlError(`window function ${name} requires an OVER clause`);
  return call;
}

function argumentsOf(c: Cursor, name: string, rule: FunctionRule): string {
  return c.parenthesised(() => {
    if (c.acceptOperator("*")) {
      if (name !== "count") throw new SqlError(`${name}(*) is not known: * stands in COUNT(*) only`);
      return "count(*)";
    }
    const distinct = rule.kind === "aggregate" && c.accept("distinct");
    if (!distinct) c.accept("all");
    const args = c.atOperator(")") ? [] : c.list(() => expression(c));
    if (args.length < rule.min || args.length > rule.max)
      throw new SqlError(`function ${name}() takes ${arity(rule)}, and ${args.length} were given`, {
        sqlstate: "42883",
      });
    if (typeof rule.emit !== "string") {
      if (distinct) throw new UnsupportedSqlError(`DISTINCT in ${name.toUpperCase()}()`);
      return rule.emit(args);
    }
    return `${rule.emit}(${distinct ? "DISTINCT " : ""}${args.join(", ")})`;
  });
}

function arity({ min, max }: FunctionRule): string {
  return min === max ? `${min} arguments` : `${min} to ${max} arguments`;
}

/** The window. Redshift knows ROWS frames only, and wants one where an ordered aggregate would have a silent default. */
export function over(c: Cursor, name: string, rule: FunctionRule): string {
  if (rule.kind === "scalar")
    throw new SqlError(`OVER specified, but ${name} is not a window function nor an aggregate`);
  if (typeof rule.emit !== "string") throw new UnsupportedSqlError(`${name.toUpperCase()}() OVER (...)`);
  c.expect("over");
  if (!c.atOperator("("))
    throw new RefusedByRedshiftError("named windows (WINDOW clause) are not supported by Redshift");
  return c.parenthesised(() => {
    const parts: string[] = [];
    if (c.accept("partition", "by")) parts.push(`PARTITION BY ${c.list(() => expression(c)).join(", ")}`);
    const ordered = c.at("order");
    if (ordered) parts.push(orderBy(c));
    const frame = frameClause(c);
    if (frame !== null) parts.push(frame);
    else if (ordered && needsFrame(name))
      throw new RefusedByRedshiftError(
        `Aggregate window functions with an ORDER BY clause require a frame clause (${name.toUpperCase()})`,
        "42P20",
      );
    return `OVER (${parts.join(" ")})`;
  });
}

function frameClause(c: Cursor): string | null {
  if (c.atAny("range", "groups"))
    throw new RefusedByRedshiftError(`${c.peek().value.toUpperCase()} frames are not supported by Redshift: use ROWS`);
  if (!c.accept("rows")) return null;
  if (!c.accept("between")) return `ROWS ${bound(c)}`;
  const from = bound(c);
  c.expect("and");
  return `ROWS BETWEEN ${from} AND ${bound(c)}`;
}

function bound(c: Cursor): string {
  if (c.accept("current", "row")) return "CURRENT ROW";
  const amount = c.accept("unbounded") ? "UNBOUNDED" : String(c.integer());
  if (c.accept("preceding")) return `${amount} PRECEDING`;
  c.expect("following");
  return `${amount} FOLLOWING`;
}
