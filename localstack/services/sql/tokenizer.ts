import { SqlError } from "./errors.ts";

/**
 * `word` is an unquoted identifier or keyword in lower case, `quoted` a double-quoted identifier, `string` a literal
 * with its escapes resolved, `parameter` a Data API `:name`.
 */
export type TokenKind = "word" | "quoted" | "string" | "number" | "operator" | "parameter" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Folded word, decoded string, number or operator text. */
  readonly value: string;
  /** As written, for error messages. */
  readonly raw: string;
  /** Offset of its first character, counted from 0. */
  readonly start: number;
}

/** Longest first: the first that matches is taken. */
const OPERATORS = [
  ["!~~*", "!~~", "!~*", "::", "<=", ">=", "<>", "!=", "||", "~~*", "~~", "~*", "!~", "|/", "<<", ">>"],
  ["+", "-", "*", "/", "%", "^", "=", "<", ">", "~", "(", ")", ",", ".", ";", "[", "]", "&", "|", "#", "@"],
].flat();

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const TEMPORARY = /#[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PARAMETER = /:[\p{L}_][\p{L}\p{N}_]*/uy;
const DOLLAR = /\$([\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const SPACE = /\s+/y;

/** Literals with a prefix that PostgreSQL reads and Redshift does not document. */
const PREFIXES = new Set(["e", "b", "x", "n", "u&"]);

/**
 * Cuts Redshift SQL into tokens; comments and blanks are dropped. A backslash escapes the next character in a literal,
 * as in Redshift (PostgreSQL no longer does so).
 * @throws SqlError with a sentence for anything that is no token; never another error
 */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const skipped = skip(sql, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const token = read(sql, at);
    const before = tokens.at(-1);
    if (token.kind === "string" && before?.kind === "word" && before.start + before.raw.length === at)
      if (PREFIXES.has(before.value))
        throw new SqlError(`syntax error at or near "${before.raw}${shorten(token.raw)}": no literal prefix is known`);
    if (token.kind === "word" && before?.kind === "number" && before.start + before.raw.length === at)
      throw new SqlError(`syntax error at or near "${shorten(before.raw + token.raw)}": junk after a number`);
    tokens.push(token);
    at += token.raw.length;
  }
  tokens.push({ kind: "end", value: "", raw: "", start: sql.length });
  return tokens;
}

/** @returns the offset after blanks and one comment at `at`. */
function skip(sql: string, at: number): number {
  const space = match(SPACE, sql, at);
  if (space !== null) return at + space.length;
  if (sql.startsWith("--", at)) {
    const end = sql.indexOf("\n", at);
    return end < 0 ? sql.length : end + 1;
  }
  return sql.startsWith("/*", at) ? afterComment(sql, at) : at;
}

/** Block comments nest, as in PostgreSQL. */
function afterComment(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i < sql.length; i++) {
    if (sql.startsWith("/*", i)) {
      depth++;
      i++;
    } else if (sql.startsWith("*/", i)) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  throw new SqlError(`unterminated /* comment at or near "${shorten(sql.slice(at))}"`);
}

function read(sql: string, at: number): Token {
  const make = (kind: TokenKind, value: string, raw: string): Token => ({ kind, value, raw, start: at });
  const c = sql.charAt(at);
  if (c === "'") return literal(sql, at);
  if (c === '"') return identifier(sql, at);
  if (c === "$") return dollarQuoted(sql, at);
  const word = match(WORD, sql, at) ?? match(TEMPORARY, sql, at);
  if (word !== null) return make("word", word.toLowerCase(), word);
  const number = match(NUMBER, sql, at);
  if (number !== null) return make("number", number, number);
  const parameter = match(PARAMETER, sql, at);
  if (parameter !== null) return make("parameter", parameter.slice(1), parameter);
  const operator = OPERATORS.find((o) => sql.startsWith(o, at));
  if (operator !== undefined) return make("operator", operator, operator);
  throw new SqlError(`syntax error at or near "${shorten(sql.slice(at))}"`);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

function literal(sql: string, at: number): Token {
  let value = "";
  let i = at + 1;
  while (i < sql.length) {
    const c = sql.charAt(i);
    if (c === "'" && sql.charAt(i + 1) === "'") {
      value += "'";
      i += 2;
    } else if (c === "'") {
      return { kind: "string", value, raw: sql.slice(at, i + 1), start: at };
    } else if (c === "\\" && i + 1 < sql.length) {
      const octal = /^[0-7]{1,3}/.exec(sql.slice(i + 1, i + 4))?.[0];
      const next = sql.charAt(i + 1);
      value += octal === undefined ? (ESCAPES[next] ?? next) : String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      i += 1 + (octal?.length ?? 1);
    } else {
      value += c;
      i++;
    }
  }
  throw new SqlError(`unterminated quoted string at or near "${shorten(sql.slice(at))}"`);
}

function identifier(sql: string, at: number): Token {
  let value = "";
  for (let i = at + 1; i < sql.length; i++) {
    if (sql.charAt(i) !== '"') value += sql.charAt(i);
    else if (sql.charAt(i + 1) === '"') value += sql.charAt(i++);
    else if (value === "") throw new SqlError('zero-length delimited identifier at or near """"');
    else return { kind: "quoted", value, raw: sql.slice(at, i + 1), start: at };
  }
  throw new SqlError(`unterminated quoted identifier at or near "${shorten(sql.slice(at))}"`);
}

function dollarQuoted(sql: string, at: number): Token {
  const tag = match(DOLLAR, sql, at);
  if (tag === null) throw new SqlError(`syntax error at or near "${shorten(sql.slice(at))}"`);
  const end = sql.indexOf(tag, at + tag.length);
  if (end < 0) throw new SqlError(`unterminated dollar-quoted string at or near "${shorten(sql.slice(at))}"`);
  const value = sql.slice(at + tag.length, end);
  return { kind: "string", value, raw: sql.slice(at, end + tag.length), start: at };
}

function match(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}

function shorten(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 40 ? `${line.slice(0, 40)}...` : line;
}
