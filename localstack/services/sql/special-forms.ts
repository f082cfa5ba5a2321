import type { Cursor } from "./cursor.ts";
import { parseDatePart } from "./dateparts.ts";
import { SqlError, UnsupportedSqlError } from "./errors.ts";
import { expression } from "./expression.ts";
import { quoteLiteral } from "./identifiers.ts";
import { orderBy } from "./query.ts";
import { parseType, type SqlType } from "./types.ts";

/**
 * A cast. Explicit casts to VARCHAR(n) cut at n bytes, never in the middle of a character. Casts from and to SUPER and
 * VARBYTE are redefined in compat/casts.ts.
 * @param type null when `value` is already of its type
 */
export function castTo(value: string, type: SqlType | null): string {
  if (type === null) return value;
  if (type.name === "varchar") return `CAST(redshift.cut(${value}, ${type.bytes}) AS ${type.postgres})`;
  if (type.name === "super") return `redshift.as_super(${value})`;
  if (type.name === "varbyte") return `redshift.as_varbyte(${value})`;
  return `CAST(${value} AS ${type.postgres})`;
}

function cast(c: Cursor): string {
  return c.parenthesised(() => {
    const value = expression(c);
    c.expect("as");
    return castTo(value, parseType(c));
  });
}

/** CONVERT(type, value). */
function convert(c: Cursor): string {
  return c.parenthesised(() => {
    const type = parseType(c);
    c.expectOperator(",");
    return castTo(expression(c), type);
  });
}

function extract(c: Cursor): string {
  return c.parenthesised(() => {
    const part = parseDatePart(c, "date_part");
    c.expect("from");
    const value = `redshift.date_part('${part}', ${expression(c)})`;
    return `CAST(floor(${value}) AS ${part === "epoch" ? "bigint" : "integer"})`;
  });
}

/** A function whose first argument is a date part, bare or quoted. */
function withDatePart(name: "dateadd" | "datediff" | "date_trunc" | "date_part", values: number) {
  return (c: Cursor): string =>
    c.parenthesised(() => {
      const args = [`'${parseDatePart(c, name)}'`];
      for (let i = 0; i < values; i++) {
        c.expectOperator(",");
        args.push(expression(c));
      }
      return `redshift.${name}(${args.join(", ")})`;
    });
}

function position(c: Cursor): string {
  return c.parenthesised(() => {
    // The left side ends at IN, which an expression would take for its own.
    const part = c.peek().kind === "string" ? quoteLiteral(c.string()) : null;
    if (part === null) throw new UnsupportedSqlError("POSITION of anything but a literal", "Use STRPOS(text, part).");
    c.expect("in");
    return `strpos(${expression(c)}, ${part})`;
  });
}

function trim(c: Cursor): string {
  return c.parenthesised(() => {
    const side = c.atAny("both", "leading", "trailing") ? c.next().value : "both";
    const name = { both: "btrim", leading: "ltrim", trailing: "rtrim" }[side] ?? "btrim";
    const first = c.accept("from") ? null : expression(c);
    if (first === null) return `${name}(${expression(c)})`;
    return c.accept("from") ? `${name}(${expression(c)}, ${first})` : `${name}(${first})`;
  });
}

function substring(c: Cursor): string {
  return c.parenthesised(() => {
    const args = [expression(c)];
    const written = c.accept("from");
    if (written) args.push(expression(c));
    else while (c.acceptOperator(",")) args.push(expression(c));
    if (written && c.accept("for")) args.push(expression(c));
    if (args.length < 2 || args.length > 3) throw new SqlError("function substring() takes 2 to 3 arguments");
    return `redshift.substring(${args.join(", ")})`;
  });
}

/** LISTAGG. Redshift caps its result at 65,535 bytes, and so does the compatibility aggregate's check. */
function listagg(c: Cursor): string {
  const [distinct, value, separator] = c.parenthesised(
    () => [c.accept("distinct"), expression(c), c.acceptOperator(",") ? quoteLiteral(c.string()) : "''"] as const,
  );
  const order = c.accept("within", "group") ? ` ${c.parenthesised(() => orderBy(c))}` : "";
  if (c.at("over")) throw new UnsupportedSqlError("LISTAGG() OVER (...)");
  return `redshift.listagg_result(string_agg(${distinct ? "DISTINCT " : ""}redshift.cut(${value}, 65535), ${separator}${order}))`;
}

function percentile(name: string) {
  return (c: Cursor): string => {
    const fraction = c.parenthesised(() => expression(c));
    c.expect("within", "group");
    const order = c.parenthesised(() => orderBy(c));
    if (c.at("over")) throw new UnsupportedSqlError(`${name.toUpperCase()}() OVER (...)`);
    return `${name}(${fraction}) WITHIN GROUP (${order})`;
  };
}

/** Functions with a grammar of their own; each starts at its opening parenthesis. */
export const SPECIAL_FORMS: ReadonlyMap<string, (c: Cursor) => string> = new Map([
  ["cast", cast],
  ["convert", convert],
  ["extract", extract],
  ["position", position],
  ["trim", trim],
  ["substring", substring],
  ["substr", substring],
  ["listagg", listagg],
  ["percentile_cont", percentile("percentile_cont")],
  ["percentile_disc", percentile("percentile_disc")],
  ["dateadd", withDatePart("dateadd", 2)],
  ["date_add", withDatePart("dateadd", 2)],
  ["datediff", withDatePart("datediff", 2)],
  ["date_diff", withDatePart("datediff", 2)],
  ["date_trunc", withDatePart("date_trunc", 1)],
  ["date_part", withDatePart("date_part", 1)],
]);
