import type { Token } from "./tokenizer.ts";

/**
 * The name of a result column without an alias, where the translation would give it another: a function's own name,
 * and for a cast the column's or else the type's.
 * @returns null when PostgreSQL names it as Redshift does
 */
export function label(tokens: readonly Token[]): string | null {
  const [first, second] = tokens;
  if (first?.kind !== "word") return null;
  if (tokens.length === 1) return KEYWORDS.has(first.value) ? first.value : null;
  const casts = tokens.findLastIndex(({ kind, value }) => kind === "operator" && value === "::");
  if (casts > 0 && closing(tokens, casts + 2) >= tokens.length - 1)
    return columnName(tokens.slice(0, casts)) ?? tokens[casts + 1]?.value ?? null;
  if (second?.value !== "(" || second.kind !== "operator" || closing(tokens, 1) !== tokens.length - 1) return null;
  return first.value === "cast" ? castLabel(tokens.slice(2, -1)) : first.value;
}

const KEYWORDS = new Set(["current_date", "sysdate"]);

function castLabel(inside: readonly Token[]): string | null {
  const as = inside.findLastIndex(({ kind, value }) => kind === "word" && value === "as");
  return columnName(inside.slice(0, as)) ?? inside[as + 1]?.value ?? null;
}

/** The last part of `a`, `t.a` or `s.t.a`. */
function columnName(tokens: readonly Token[]): string | null {
  const names = tokens.every(({ kind, value }, i) =>
    i % 2 === 0 ? kind === "word" || kind === "quoted" : value === ".",
  );
  return names && tokens.length % 2 === 1 ? (tokens.at(-1)?.value.toLowerCase() ?? null) : null;
}

/** The last name of a way into a SUPER column, `a.b[0]`; null for anything more than that. */
export function attributeLabel(tokens: readonly Token[]): string | null {
  const path = tokens.every(({ kind, value }) => kind !== "operator" || [".", "[", "]"].includes(value));
  const names = tokens.filter(({ kind }) => kind === "word" || kind === "quoted");
  return path ? (names.at(-1)?.value.toLowerCase() ?? null) : null;
}

/** @returns where the parenthesis that opens at `open` closes; `open - 1` when none opens there */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const { kind, value } = tokens[at] ?? { kind: "end", value: "" };
    if (kind === "operator" && value === "(") depth++;
    if (kind === "operator" && value === ")") depth--;
    if (depth === 0) return at === open ? open - 1 : at;
  }
  return open - 1;
}
