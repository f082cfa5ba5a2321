import { SqlError } from "./errors.ts";
import { isReserved, type ObjectName } from "./identifiers.ts";
import { Scope } from "./scope.ts";
import { tokenize, type Token } from "./tokenizer.ts";

/** Named parameters of a Data API call; a translation notes which of them it met. */
export interface Parameters {
  readonly values: ReadonlyMap<string, string>;
  readonly used: Set<string>;
}

export const noParameters = (): Parameters => ({ values: new Map(), used: new Set() });

const END: Token = { kind: "end", value: "", raw: "", start: 0 };

/** Reads the tokens of one statement from left to right; every refusal names the token it stopped at. */
export class Cursor {
  readonly #tokens: readonly Token[];
  readonly parameters: Parameters;
  readonly scope: Scope;
  #at = 0;

  constructor(tokens: readonly Token[], parameters: Parameters, scope: Scope) {
    this.#tokens = tokens;
    this.parameters = parameters;
    this.scope = scope;
  }

  /** Reads a whole statement, twice if it navigates (scope.ts). */
  static read<T>(sql: string, parameters: Parameters, body: (c: Cursor) => T): T {
    const tokens = tokenize(sql);
    const scope = new Scope();
    const first = body(new Cursor(tokens, parameters, scope));
    return scope.findNavigation() ? body(new Cursor(tokens, parameters, scope)) : first;
  }

  /** The token `ahead` places from here; the end token beyond the end. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1) ?? END;
  }

  /** A place to come back to with `since`. */
  get place(): number {
    return this.#at;
  }

  /** The tokens taken since a place. */
  since(place: number): readonly Token[] {
    return this.#tokens.slice(place, this.#at);
  }

  next(): Token {
    const token = this.peek();
    if (token.kind === "end") throw this.unexpected();
    this.#at++;
    return token;
  }

  get ended(): boolean {
    return this.peek().kind === "end";
  }

  /** Tells whether the next words are these, in lower case, without taking them. */
  at(...words: readonly string[]): boolean {
    return words.every((word, i) => this.peek(i).kind === "word" && this.peek(i).value === word);
  }

  atAny(...words: readonly string[]): boolean {
    return words.some((word) => this.at(word));
  }

  /** Takes these words if they come next. */
  accept(...words: readonly string[]): boolean {
    if (!this.at(...words)) return false;
    this.#at += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) throw this.unexpected(word.toUpperCase());
  }

  atOperator(operator: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "operator" && token.value === operator;
  }

  acceptOperator(operator: string): boolean {
    if (!this.atOperator(operator)) return false;
    this.#at++;
    return true;
  }

  expectOperator(operator: string): void {
    if (!this.acceptOperator(operator)) throw this.unexpected(operator);
  }

  /** A name that the statement gives to a relation. */
  aliasName(): string {
    const name = this.identifier();
    this.scope.declareAlias(name);
    return name;
  }

  /** A column, table or alias name, folded to lower case: quotes keep no case, as in Redshift's default setting. */
  identifier(): string {
    const token = this.peek();
    if (token.kind === "quoted" || (token.kind === "word" && !isReserved(token.value))) {
      this.#at++;
      return token.value.toLowerCase();
    }
    throw this.unexpected("an identifier");
  }

  /** A name after a dot, where reserved words are welcome. */
  member(): string {
    const token = this.peek();
    if (token.kind !== "quoted" && token.kind !== "word") throw this.unexpected("a name");
    this.#at++;
    return token.value.toLowerCase();
  }

  /** The name of a relation. */
  objectName(): ObjectName {
    const object = this.#objectName();
    this.scope.declare(object);
    return object;
  }

  #objectName(): ObjectName {
    const first = this.identifier();
    if (!this.acceptOperator(".")) return { schema: null, name: first };
    const name = this.member();
    if (this.atOperator("."))
      throw new SqlError(`cross-database reference "${first}.${name}..." is refused: name schema and table only`);
    return { schema: first, name };
  }

  string(): string {
    const token = this.peek();
    if (token.kind !== "string") throw this.unexpected("a quoted string");
    this.#at++;
    return token.value;
  }

  integer(): number {
    const token = this.peek();
    if (token.kind !== "number" || !/^\d+$/.test(token.value)) throw this.unexpected("an integer");
    this.#at++;
    return Number(token.value);
  }

  /** One item, or several between commas. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.acceptOperator(",")) items.push(item());
    return items;
  }

  /** What `body` reads between parentheses. */
  parenthesised<T>(body: () => T): T {
    this.expectOperator("(");
    const result = body();
    this.expectOperator(")");
    return result;
  }

  /** Refuses whatever follows a complete statement, but for one semicolon. */
  expectEnd(): void {
    this.acceptOperator(";");
    if (!this.ended) throw this.unexpected();
  }

  /** @returns the error for the token here, as Redshift words it, with what was expected when that is known. */
  unexpected(expected?: string): SqlError {
    const token = this.peek();
    const where = token.kind === "end" ? "syntax error at end of input" : `syntax error at or near "${token.raw}"`;
    return new SqlError(expected === undefined ? where : `${where} (expected ${expected})`, { sqlstate: "42601" });
  }
}
