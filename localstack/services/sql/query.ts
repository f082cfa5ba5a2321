import type { Cursor } from "./cursor.ts";
import { RefusedByRedshiftError, SqlError, UnsupportedSqlError } from "./errors.ts";
import { expression } from "./expression.ts";
import { fromClause } from "./from-clause.ts";
import { attributeLabel, label } from "./labels.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { isNavigation } from "./navigation.ts";

/** Tells whether a query starts at this token. */
export function startsQuery(c: Cursor): boolean {
  return c.atAny("select", "with");
}

/** Translates a whole query with its WITH, set operations, order and limit. */
export function query(c: Cursor): string {
  const parts: string[] = [];
  if (c.at("with")) parts.push(withClause(c));
  parts.push(setTerm(c));
  for (;;) {
    const operator = setOperator(c);
    if (operator === null) break;
    parts.push(operator, setTerm(c));
  }
  if (c.at("order")) parts.push(orderBy(c));
  parts.push(...limit(c));
  if (c.at("for")) throw new RefusedByRedshiftError("FOR UPDATE and FOR SHARE are not supported by Redshift");
  if (c.at("fetch")) throw new UnsupportedSqlError("FETCH FIRST", "Use LIMIT.");
  return parts.join(" ");
}

/** `WITH [RECURSIVE] name [(columns)] AS (query), ...`. */
export function withClause(c: Cursor): string {
  c.expect("with");
  const recursive = c.accept("recursive") ? "RECURSIVE " : "";
  const ctes = c.list(() => {
    const name = quoteIdentifier(c.aliasName());
    const columns = c.atOperator("(") ? ` ${columnList(c)}` : "";
    if (recursive !== "" && columns === "")
      throw new SqlError(`WITH RECURSIVE ${name} needs a list of its column names in Redshift`);
    c.expect("as");
    return `${name}${columns} AS ${c.parenthesised(() => `(${query(c)})`)}`;
  });
  return `WITH ${recursive}${ctes.join(", ")}`;
}

/** `(a, b, c)`. */
export function columnList(c: Cursor): string {
  return `(${columnNames(c).map(quoteIdentifier).join(", ")})`;
}

/** The names of `(a, b, c)`, folded. */
export function columnNames(c: Cursor): readonly string[] {
  return c.parenthesised(() => c.list(() => c.identifier()));
}

function setOperator(c: Cursor): string | null {
  if (!c.atAny("union", "intersect", "except", "minus")) return null;
  const word = c.next().value;
  const operator = word === "minus" ? "EXCEPT" : word.toUpperCase();
  if (!c.accept("all")) {
    c.accept("distinct");
    return operator;
  }
  if (word !== "union") throw new RefusedByRedshiftError(`${word.toUpperCase()} ALL is not supported by Redshift`);
  return "UNION ALL";
}

function setTerm(c: Cursor): string {
  if (c.atOperator("(")) return c.parenthesised(() => `(${query(c)})`);
  return select(c);
}

function select(c: Cursor): string {
  c.expect("select");
  const parts = ["SELECT"];
  if (c.accept("distinct")) {
    if (c.at("on"))
      throw new RefusedByRedshiftError("SELECT DISTINCT ON is not supported by Redshift: use ROW_NUMBER()");
    parts.push("DISTINCT");
  } else c.accept("all");
  const top = c.accept("top") ? ` LIMIT ${amount(c)}` : "";
  parts.push(c.list(() => item(c)).join(", "));
  if (c.at("into")) throw new UnsupportedSqlError("SELECT INTO", "Use CREATE TABLE ... AS.");
  if (c.accept("from")) parts.push("FROM", fromClause(c));
  if (c.accept("where")) parts.push("WHERE", expression(c));
  if (c.accept("group", "by")) parts.push("GROUP BY", c.list(() => grouping(c)).join(", "));
  if (c.accept("having")) parts.push("HAVING", expression(c));
  if (c.at("qualify")) throw new UnsupportedSqlError("QUALIFY", "Filter on the window function in an outer query.");
  if (c.at("window")) throw new RefusedByRedshiftError("the WINDOW clause is not supported by Redshift");
  if (c.atAny("connect", "start")) throw new UnsupportedSqlError("CONNECT BY", "Use WITH RECURSIVE.");
  if (top === "") return parts.join(" ");
  if (c.atAny("order", "union", "intersect", "except", "minus")) {
    if (!c.at("order")) throw new UnsupportedSqlError("TOP within a set operation", "Use LIMIT in parentheses.");
    parts.push(orderBy(c));
  }
  return parts.join(" ") + top;
}

function item(c: Cursor): string {
  if (c.acceptOperator("*")) {
    if (c.at("exclude")) throw new UnsupportedSqlError("SELECT * EXCLUDE", "Name the columns.");
    return "*";
  }
  const start = c.place;
  const value = expression(c);
  const written = c.since(start);
  const name = alias(c) ?? (isNavigation(value) ? attributeLabel(written) : label(written));
  return name === null ? value : `${value} AS ${quoteIdentifier(name)}`;
}

/** `[AS] name`; after AS any word will do. */
export function alias(c: Cursor): string | null {
  if (c.accept("as")) return c.member();
  const { kind } = c.peek();
  if (kind === "quoted") return c.identifier();
  if (kind !== "word" || c.atAny(...CLAUSES)) return null;
  try {
    return c.identifier();
  } catch (error) {
    // A reserved word starts the next clause.
    if (error instanceof SqlError) return null;
    throw error;
  }
}

/** Words that are not reserved and yet start a clause. */
const CLAUSES = ["window", "fetch", "set", "values", "over", "within", "filter", "tablesample", "start", "connect"];

function grouping(c: Cursor): string {
  if (c.atOperator("(") && c.atOperator(")", 1)) {
    c.parenthesised(() => null);
    return "()";
  }
  if (c.at("all")) throw new UnsupportedSqlError("GROUP BY ALL", "Name the columns.");
  if (c.accept("grouping", "sets"))
    return `GROUPING SETS (${c.parenthesised(() => c.list(() => grouping(c))).join(", ")})`;
  for (const kind of ["rollup", "cube"])
    if (c.at(kind) && c.atOperator("(", 1)) {
      c.next();
      return `${kind.toUpperCase()} (${c.parenthesised(() => c.list(() => expression(c))).join(", ")})`;
    }
  return expression(c);
}

/** `ORDER BY ...`; both warehouses sort NULL as the greatest value. */
export function orderBy(c: Cursor): string {
  c.expect("order", "by");
  const items = c.list(() => {
    const parts = [expression(c)];
    if (c.atAny("asc", "desc")) parts.push(c.next().value.toUpperCase());
    if (c.accept("nulls")) parts.push(c.accept("first") ? "NULLS FIRST" : (c.expect("last"), "NULLS LAST"));
    return parts.join(" ");
  });
  return `ORDER BY ${items.join(", ")}`;
}

function limit(c: Cursor): string[] {
  const parts: string[] = [];
  for (;;) {
    if (c.accept("limit")) parts.push(c.accept("all") ? "LIMIT ALL" : `LIMIT ${amount(c)}`);
    else if (c.accept("offset")) parts.push(`OFFSET ${amount(c)}`);
    else return parts;
  }
}

/** A number of rows: a literal or a parameter. */
function amount(c: Cursor): string {
  if (c.peek().kind !== "parameter") return String(c.integer());
  return `CAST(${expression(c)} AS bigint)`;
}
