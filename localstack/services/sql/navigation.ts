import type { Cursor } from "./cursor.ts";
import { UnsupportedSqlError } from "./errors.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";

/**
 * `column`, `table.column`, `schema.table.column`, `table.*`, and the way into a SUPER column by `.attribute` and
 * `[index]`. What is not there is NULL, as in Redshift's lax mode; attributes are folded to lower case as other names.
 */
export function columnReference(c: Cursor): string {
  const parts = [c.identifier()];
  while (c.acceptOperator(".")) {
    if (c.acceptOperator("*")) return `${parts.map(quoteIdentifier).join(".")}.*`;
    parts.push(c.member());
  }
  if (c.atOperator("(")) throw new UnsupportedSqlError(`function ${parts.join(".")}()`);
  const length = c.scope.columnPart(parts);
  const named = parts.slice(0, length).map(quoteIdentifier).join(".");
  return steps(c, parts.slice(length).reduce(member, named));
}

function steps(c: Cursor, column: string): string {
  let at = column;
  for (;;) {
    if (c.acceptOperator("[")) {
      at = `redshift.element(${at}, ${c.integer()})`;
      c.expectOperator("]");
    } else if (c.acceptOperator(".")) at = member(at, c.member());
    else return at;
  }
}

const member = (at: string, name: string): string => `redshift.member(${at}, ${quoteLiteral(name)})`;

/** Tells whether an expression begins with a step into a SUPER column. */
export const isNavigation = (sql: string): boolean => /^redshift\.(?:member|element)\(/.test(sql);
