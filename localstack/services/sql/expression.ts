import type { Cursor } from "./cursor.ts";
import { RefusedByRedshiftError, SqlError, UnsupportedSqlError } from "./errors.ts";
import { isReserved, quoteLiteral } from "./identifiers.ts";
import { functionCall } from "./function-call.ts";
import { columnReference } from "./navigation.ts";
import { query, startsQuery } from "./query.ts";
import { SPECIAL_FORMS, castTo } from "./special-forms.ts";
import { atType, parseType } from "./types.ts";

const BINARY = ["+", "-", "*", "/", "%", "^", "=", "<", ">", "<=", ">=", "<>", "!=", "||", "~", "~*", "!~", "!~*"];
const BITWISE = ["&", "|", "#", "<<", ">>"];
const OPERATORS: ReadonlySet<string> = new Set([...BINARY, ...BITWISE]);

/**
 * Translates one expression. Operators keep their written order, so PostgreSQL's precedence decides, which is
 * Redshift's for these operators; every operand is checked.
 * @returns the expression for PostgreSQL
 */
export function expression(c: Cursor): string {
  const parts = [operand(c)];
  for (;;) {
    const more = binary(c);
    if (more === null) return parts.join(" ");
    parts.push(...more);
  }
}

/** @returns the next operator with its right side, or null when the expression ends here. */
function binary(c: Cursor): string[] | null {
  const token = c.peek();
  if (token.kind === "operator" && OPERATORS.has(token.value)) {
    c.next();
    const quantifier = c.atAny("any", "some", "all") && c.atOperator("(", 1) ? c.next().value.toUpperCase() : null;
    return quantifier === null ? [token.value, operand(c)] : [token.value, quantifier, subquery(c)];
  }
  if (token.kind !== "word") return null;
  if (c.accept("and")) return ["AND", operand(c)];
  if (c.accept("or")) return ["OR", operand(c)];
  if (c.accept("is")) return is(c);
  if (c.accept("isnull")) return ["IS NULL"];
  if (c.accept("notnull")) return ["IS NOT NULL"];
  if (c.accept("at", "time", "zone")) return ["AT TIME ZONE", operand(c)];
  const negated = c.at("not") && ["in", "like", "ilike", "similar", "between"].includes(c.peek(1).value);
  if (negated) c.next();
  const more = comparison(c);
  if (more === null) return null;
  return negated ? ["NOT", ...more] : more;
}

function comparison(c: Cursor): string[] | null {
  if (c.accept("in")) return ["IN", inList(c)];
  // The AND of BETWEEN needs no care: the words keep their order.
  if (c.accept("between")) return ["BETWEEN", c.accept("symmetric") ? symmetric() : operand(c)];
  if (c.accept("like")) return ["LIKE", operand(c), ...escape(c)];
  if (c.accept("ilike")) return ["ILIKE", operand(c), ...escape(c)];
  if (c.accept("similar", "to")) return ["SIMILAR TO", operand(c), ...escape(c)];
  if (c.atAny("overlaps", "collate")) throw new UnsupportedSqlError(c.peek().value.toUpperCase());
  return null;
}

function symmetric(): never {
  throw new RefusedByRedshiftError("BETWEEN SYMMETRIC is not supported by Redshift");
}

function escape(c: Cursor): string[] {
  return c.accept("escape") ? ["ESCAPE", quoteLiteral(c.string())] : [];
}

function is(c: Cursor): string[] {
  const not = c.accept("not") ? ["IS NOT"] : ["IS"];
  const word = c.next().value;
  if (word === "distinct")
    throw new RefusedByRedshiftError(
      "IS DISTINCT FROM is not supported by Redshift: compare with = and IS NULL, or with NVL",
    );
  if (["null", "true", "false", "unknown"].includes(word)) return [...not, word.toUpperCase()];
  throw c.unexpected("NULL, TRUE, FALSE or UNKNOWN before this");
}

function inList(c: Cursor): string {
  return c.parenthesised(() => (startsQuery(c) ? `(${query(c)})` : `(${c.list(() => expression(c)).join(", ")})`));
}

function subquery(c: Cursor): string {
  return c.parenthesised(() => `(${query(c)})`);
}

function operand(c: Cursor): string {
  if (c.accept("not")) return `NOT ${operand(c)}`;
  for (const sign of ["-", "+"]) if (c.acceptOperator(sign)) return `${sign} ${operand(c)}`;
  for (const prefix of ["@", "~", "|/"])
    if (c.atOperator(prefix)) throw new UnsupportedSqlError(`prefix operator ${prefix}`);
  let result = primary(c);
  for (;;) {
    if (c.acceptOperator("::")) result = castTo(result, parseType(c));
    else if (c.atOperator("[")) throw new UnsupportedSqlError("[ ] after what is no column", "Name a column.");
    else return result;
  }
}

function primary(c: Cursor): string {
  const token = c.peek();
  if (token.kind === "string") return quoteLiteral(c.string());
  if (token.kind === "number") return c.next().value;
  if (token.kind === "parameter") return parameter(c);
  if (c.atOperator("(")) return group(c);
  if (token.kind === "quoted") return column(c);
  if (token.kind === "word") return word(c);
  throw c.unexpected();
}

/** A Data API parameter becomes a literal of unknown type, so that its context gives it one, as in Redshift. */
function parameter(c: Cursor): string {
  const name = c.next().value;
  const value = c.parameters.values.get(name);
  if (value === undefined) throw new SqlError(`parameter :${name} is used and not given`);
  c.parameters.used.add(name);
  return quoteLiteral(value);
}

function group(c: Cursor): string {
  return c.parenthesised(() => {
    if (startsQuery(c)) return `(${query(c)})`;
    return `(${c.list(() => expression(c)).join(", ")})`;
  });
}

const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ["null", "NULL"],
  ["true", "TRUE"],
  ["false", "FALSE"],
  ["current_date", "redshift.today()"],
  ["sysdate", "redshift.sysdate()"],
  ["current_user", "CURRENT_USER"],
  ["user", "CURRENT_USER"],
  ["session_user", "SESSION_USER"],
]);
const LEADER_ONLY = new Set(["current_timestamp", "localtimestamp", "current_time", "localtime"]);

function word(c: Cursor): string {
  const { value } = c.peek();
  if (value === "case") return caseExpression(c);
  if (c.accept("exists")) return `EXISTS ${subquery(c)}`;
  if (value === "interval" && c.peek(1).kind === "string") return interval(c);
  if (c.at("approximate")) return approximate(c);
  const special = SPECIAL_FORMS.get(value);
  if (special !== undefined && c.atOperator("(", 1)) {
    c.next();
    return special(c);
  }
  const constant = CONSTANTS.get(value);
  if (constant !== undefined && !c.atOperator("(", 1)) {
    c.next();
    return constant;
  }
  if (LEADER_ONLY.has(value))
    throw new RefusedByRedshiftError(
      `${value.toUpperCase()} runs on Redshift's leader node only: use GETDATE() or SYSDATE`,
    );
  if (value === "array" && c.atOperator("[", 1)) throw new UnsupportedSqlError("ARRAY[ ]", "Use ARRAY( ).");
  if (c.atOperator("(", 1)) return functionCall(c);
  if (atType(c) && c.peek(1).kind === "string") return castTo(quoteTyped(c), null);
  return column(c);
}

/** `DATE '2024-01-31'` and its like. */
function quoteTyped(c: Cursor): string {
  const type = parseType(c);
  return `CAST(${quoteLiteral(c.string())} AS ${type.postgres})`;
}

function interval(c: Cursor): string {
  c.expect("interval");
  const text = c.string();
  if (c.atAny("year", "month", "day", "hour", "minute", "second"))
    throw new UnsupportedSqlError("INTERVAL with a qualifier after its literal", "Write the unit into the literal.");
  return `INTERVAL ${quoteLiteral(text)}`;
}

/** APPROXIMATE COUNT(DISTINCT x) is exact here: the answer that Redshift approaches. */
function approximate(c: Cursor): string {
  c.next();
  if (!c.at("count")) throw new UnsupportedSqlError("APPROXIMATE with another function than COUNT(DISTINCT)");
  return functionCall(c);
}

function caseExpression(c: Cursor): string {
  c.expect("case");
  const parts = ["CASE"];
  if (!c.at("when")) parts.push(expression(c));
  while (c.accept("when")) {
    parts.push("WHEN", expression(c));
    c.expect("then");
    parts.push("THEN", expression(c));
  }
  if (parts.length < 3) throw c.unexpected("WHEN");
  if (c.accept("else")) parts.push("ELSE", expression(c));
  c.expect("end");
  parts.push("END");
  return parts.join(" ");
}

function column(c: Cursor): string {
  const token = c.peek();
  if (token.kind === "word" && isReserved(token.value)) throw c.unexpected();
  return columnReference(c);
}
