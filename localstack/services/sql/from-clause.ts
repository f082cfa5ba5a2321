import type { Cursor } from "./cursor.ts";
import { RefusedByRedshiftError, UnsupportedSqlError } from "./errors.ts";
import { expression } from "./expression.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { alias, columnList, query, startsQuery } from "./query.ts";
import { relation } from "./relations.ts";

/** What follows FROM: relations, subqueries and joins. */
export function fromClause(c: Cursor): string {
  return c.list(() => joined(c)).join(", ");
}

function joined(c: Cursor): string {
  const parts = [source(c)];
  for (;;) {
    const kind = joinKind(c);
    if (kind === null) return parts.join(" ");
    parts.push(kind, source(c));
    if (c.accept("on")) parts.push("ON", expression(c));
    else if (c.accept("using")) parts.push("USING", columnList(c));
    else if (!kind.startsWith("CROSS") && !kind.startsWith("NATURAL")) throw c.unexpected("ON or USING");
  }
}

function joinKind(c: Cursor): string | null {
  const natural = c.accept("natural") ? "NATURAL " : "";
  if (c.accept("join")) return `${natural}JOIN`;
  if (c.accept("cross", "join")) return "CROSS JOIN";
  if (c.accept("inner", "join")) return `${natural}JOIN`;
  for (const side of ["left", "right", "full"])
    if (c.at(side, "join") || c.at(side, "outer", "join")) {
      c.next();
      c.accept("outer");
      c.expect("join");
      return `${natural}${side.toUpperCase()} JOIN`;
    }
  if (natural !== "") throw c.unexpected("JOIN");
  return null;
}

function source(c: Cursor): string {
  if (c.at("lateral")) throw new RefusedByRedshiftError("LATERAL is not supported by Redshift");
  if (c.at("unnest")) throw new UnsupportedSqlError("UNNEST in FROM");
  const what = c.atOperator("(") ? parenthesised(c) : named(c);
  if (c.atAny("pivot", "unpivot")) throw new UnsupportedSqlError(c.peek().value.toUpperCase());
  if (c.at("tablesample")) throw new RefusedByRedshiftError("TABLESAMPLE is not supported by Redshift");
  const name = alias(c);
  if (name === null) return what;
  c.scope.declareAlias(name);
  const columns = c.atOperator("(") ? ` ${columnList(c)}` : "";
  return `${what} AS ${quoteIdentifier(name)}${columns}`;
}

function parenthesised(c: Cursor): string {
  return c.parenthesised(() => {
    if (c.at("values"))
      throw new RefusedByRedshiftError("VALUES in FROM is not supported by Redshift: use SELECT ... UNION ALL");
    if (startsQuery(c)) return `(${query(c)})`;
    if (c.atOperator("(") && startsNestedQuery(c)) return `(${query(c)})`;
    return `(${joined(c)})`;
  });
}

/** `((SELECT ...) UNION ...)`: a query whose first term stands in parentheses. */
function startsNestedQuery(c: Cursor): boolean {
  let ahead = 0;
  while (c.atOperator("(", ahead)) ahead++;
  return ["select", "with"].includes(c.peek(ahead).value);
}

function named(c: Cursor): string {
  const token = c.peek();
  const name = c.objectName();
  if (c.atOperator("(")) throw new UnsupportedSqlError(`function ${token.raw}() in FROM`);
  return relation(name);
}
