import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { classicmodelsTables } from "../../../schemas/sources/classicmodels/index.ts";

export const DATA = join(__dirname, "..", "..", "..", "..", "shared", "data", "classicmodels");
const DUMP = process.env["CLASSICMODELS_SQL"] ?? join(DATA, "classicmodels.sql");

/** Whether the Classic Models dump is at hand; its licence keeps it out of the repository. */
export const hasDump = existsSync(DUMP);
/** For titles of suites: says so when the dump is missing. */
export const dumpNote = hasDump ? "" : ` (skipped: ${DUMP} is not there)`;

export type DumpRow = Readonly<Record<string, string | null>>;

/** Rows of each table, by the warehouse's column names; values as text, as a snapshot would read them. */
export function readDump(): ReadonlyMap<string, readonly DumpRow[]> {
  const text = readFileSync(DUMP, "utf8");
  return new Map(
    classicmodelsTables.map((table) => {
      const names = new Map(Object.entries(table.columns).map(([name, column]) => [column.source, name]));
      const rows = [...insertsOf(text, table.source)].map((values, row) =>
        Object.fromEntries(
          [...names].map(([source, name]) => {
            if (!(source in values)) throw new Error(`${table.name} row ${row + 1} lacks ${source}`);
            return [name, values[source] ?? null];
          }),
        ),
      );
      return [table.name, rows];
    }),
  );
}

function* insertsOf(text: string, table: string): Generator<Readonly<Record<string, string | null>>> {
  const head = new RegExp(`insert\\s+into \`${table}\`\\(([^)]*)\\) values\\s*`, "gi");
  for (const match of text.matchAll(head)) {
    const names = (match[1] ?? "").split(",").map((name) => name.replaceAll("`", "").trim());
    const reader = new ValueReader(text, match.index + match[0].length);
    do {
      const values = reader.tuple();
      yield Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));
    } while (reader.accept(","));
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0", b: "\b", Z: "\x1a" };

/** Reads `(1,'a\'b',NULL), (...)`, MySQL's escapes included. */
class ValueReader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  accept(sign: string): boolean {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  tuple(): (string | null)[] {
    if (!this.accept("(")) throw new Error(`'(' expected at ${this.#at}`);
    const values: (string | null)[] = [];
    do values.push(this.#value());
    while (this.accept(","));
    if (!this.accept(")")) throw new Error(`')' expected at ${this.#at}`);
    return values;
  }

  #value(): string | null {
    if (this.accept("'")) return this.#string();
    const plain = /^[^,)\s]+/.exec(this.#text.slice(this.#at, this.#at + 100))?.[0] ?? "";
    this.#at += plain.length;
    return plain.toUpperCase() === "NULL" ? null : plain;
  }

  #string(): string {
    let value = "";
    for (;;) {
      const sign = this.#text[this.#at++];
      if (sign === undefined) throw new Error("a string does not end");
      if (sign === "\\") {
        const escaped = this.#text[this.#at++] ?? "";
        value += ESCAPES[escaped] ?? escaped;
      } else if (sign !== "'") value += sign;
      else if (this.#text[this.#at] === "'") {
        value += "'";
        this.#at++;
      } else return value;
    }
  }
}
