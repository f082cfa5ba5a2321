import type { CopyOptions } from "./options.ts";
import type { ColumnKind, TargetColumn } from "./target.ts";

/**
 * Something in the file is not plain enough to hand it to PostgreSQL unread: COPY starts over with the careful reader,
 * which knows Redshift's rules value by value.
 */
export class NotPlainError extends Error {
  override readonly name = "NotPlainError";
}

/** What a field may consist of, as one bit of `ALLOWED`; 0 asks nothing. */
const FREE = 0;
const INTEGER = 1;
const DECIMAL = 2;
const FLOAT = 4;
const MOMENT = 8;
const HEX = 16;
const LOGICAL = 32;

const ALLOWED = new Uint8Array(256);
const allow = (bit: number, characters: string): void => {
  for (const c of Buffer.from(characters, "latin1")) ALLOWED[c] = (ALLOWED[c] ?? 0) | bit;
};
allow(INTEGER, "0123456789+-");
allow(DECIMAL, "0123456789+-.");
allow(FLOAT, "0123456789+-.eE");
allow(MOMENT, "0123456789-: .TZ+");
allow(HEX, "0123456789abcdefABCDEF");
allow(LOGICAL, "01tfTFruealsRUEALS");

const CLASSES: Readonly<Record<ColumnKind, number>> = {
  int2: INTEGER, int4: INTEGER, int8: INTEGER, numeric: DECIMAL, float4: FLOAT, float8: FLOAT, bool: LOGICAL,
  date: MOMENT, timestamp: MOMENT, timestamptz: MOMENT, time: MOMENT, timetz: MOMENT,
  varchar: FREE, bpchar: FREE, super: FREE, varbyte: HEX,
}; // prettier-ignore

const LF = 10;
const CR = 13;
const DOT = 46;
const HEX_PREFIX = Buffer.from("\\x");

/** Kinds whose empty field is an empty value; that of all others is NULL. */
export const TEXTUAL: ReadonlySet<ColumnKind> = new Set(["varchar", "bpchar", "varbyte"]);

/** Whether a COPY's options leave the meaning of the bytes as PostgreSQL's CSV has it. */
export function isPlain(columns: readonly TargetColumn[], options: CopyOptions): boolean {
  const { nullAs, quote, delimiter } = options;
  if (options.blanksAsNull || options.replaceInvalid !== null || options.truncateColumns) return false;
  if (options.ignoreBlankLines || options.fillRecord || options.noLoad) return false;
  if (/[\r\n]/.test(nullAs) || nullAs.includes(quote) || nullAs.includes(delimiter)) return false;
  // A VARBYTE field is told from NULL by its first byte.
  return !/^[0-9a-f]/i.test(nullAs) || columns.every(({ kind }) => kind !== "varbyte");
}

const START = 0;
const BARE = 1;
const QUOTED = 2;
const CLOSED = 3;

/**
 * Passes CSV on to PostgreSQL as it is, but for what Redshift reads differently, changed in passing: empty fields that
 * are NULL get the NULL text, VARBYTE its prefix, decimals beyond the scale are cut off. One pass over the bytes,
 * nothing is copied. One scanner reads all files of a COPY, one after the other.
 */
export class CsvScanner {
  readonly #classes: readonly number[];
  readonly #scales: readonly number[];
  readonly #emptyIsNull: readonly boolean[];
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #null: Buffer;
  #state = START;
  #column = 0;
  /** Bytes of the field so far, without its quotes. */
  #length = 0;
  /** Whether a byte outside the column's class was met, and how much of the NULL text matches so far, or -1. */
  #odd = false;
  #matched = 0;
  /** Digits after the point, or -1 before it. */
  #decimals = -1;
  #skipLines = 0;
  #midLine = false;
  #chunk: Buffer = Buffer.alloc(0);
  #out: Buffer[] = [];
  /** Where the bytes not yet passed on start. */
  #from = 0;
  /** Records passed on. */
  records = 0;

  constructor(columns: readonly TargetColumn[], options: CopyOptions) {
    this.#classes = columns.map(({ kind }) => CLASSES[kind]);
    this.#scales = columns.map(({ kind, scale }) => (kind === "numeric" && !options.roundDecimals ? scale : Infinity));
    this.#emptyIsNull = columns.map(({ kind }) => options.nullAs !== "" && (options.emptyAsNull || !TEXTUAL.has(kind)));
    this.#delimiter = options.delimiter.charCodeAt(0);
    this.#quote = options.quote.charCodeAt(0);
    this.#null = Buffer.from(options.nullAs, "utf8");
  }

  /** A new file begins, with so many lines to leave out. */
  begin(headerLines: number): void {
    this.#skipLines = headerLines;
  }

  /** @returns what goes to PostgreSQL for this chunk, as parts of it. @throws NotPlainError */
  scan(chunk: Buffer): Buffer[] {
    this.#chunk = chunk;
    this.#out = [];
    this.#from = this.#skipHeader(chunk);
    const { length } = chunk;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    let state = this.#state;
    let kind = this.#classes[this.#column] ?? FREE;
    for (let at = this.#from; at < length; at++) {
      const byte = chunk[at] ?? 0;
      if (state === QUOTED) {
        if (byte === quote) {
          state = CLOSED;
          continue;
        }
      } else if (byte === delimiter || byte === LF) {
        if (this.#length === 0 && this.#emptyIsNull[this.#column] === true) this.#insert(this.#null, at);
        this.#endField(kind);
        state = START;
        if (byte === LF) this.#endRecord();
        else this.#column++;
        kind = this.#classes[this.#column] ?? FREE;
        continue;
      } else if (byte === quote) {
        // Inside an unquoted field PostgreSQL and Redshift read it differently; after a closing one it is doubled.
        if (state === BARE) throw new NotPlainError("a quote inside an unquoted field");
        const opens = state === START;
        state = QUOTED;
        if (opens) continue;
      } else if (byte === CR || state === CLOSED) {
        throw new NotPlainError("a carriage return, or text after a closing quote");
      } else if (state === START) state = BARE;

      if (kind !== FREE) this.#check(byte, kind, at);
      this.#length++;
    }
    this.#state = state;
    this.#midLine = length > 0 && chunk[length - 1] !== LF;
    if (this.#from < length) this.#out.push(chunk.subarray(this.#from));
    return this.#out;
  }

  /** One byte of a field that is not free text. */
  #check(byte: number, kind: number, at: number): void {
    if (this.#length === 0 && kind === HEX && byte !== this.#null[0]) this.#insert(HEX_PREFIX, at);
    if (((ALLOWED[byte] ?? 0) & kind) === 0) this.#odd = true;
    if (this.#matched >= 0) this.#matched = byte === this.#null[this.#matched] ? this.#matched + 1 : -1;
    if (kind !== DECIMAL) return;
    if (byte === DOT) this.#decimals = 0;
    else if (this.#decimals >= 0 && ++this.#decimals > (this.#scales[this.#column] ?? Infinity)) this.#drop(at);
  }

  #insert(bytes: Buffer, before: number): void {
    if (before > this.#from) this.#out.push(this.#chunk.subarray(this.#from, before));
    this.#out.push(bytes);
    this.#from = before;
  }

  #drop(at: number): void {
    if (at > this.#from) this.#out.push(this.#chunk.subarray(this.#from, at));
    this.#from = at + 1;
  }

  #endField(kind: number): void {
    const isNull = this.#matched === this.#null.length && this.#length === this.#null.length;
    if (this.#odd && !isNull) throw new NotPlainError("a value that needs a closer look");
    if (kind === LOGICAL && !isNull && this.#length > 0 && this.#length !== 1 && this.#length < 4)
      throw new NotPlainError("a boolean");
    this.#length = 0;
    this.#odd = false;
    this.#matched = 0;
    this.#decimals = -1;
  }

  #endRecord(): void {
    if (this.#column !== this.#classes.length - 1) throw new NotPlainError("another number of columns");
    this.#column = 0;
    this.records++;
  }

  /** The file is over. @returns the line end it may lack */
  end(): Buffer[] {
    if (this.#state === QUOTED) throw new NotPlainError("an open quote at the end of the file");
    if (!this.#midLine || (this.#state === START && this.#column === 0)) return [];
    return this.scan(Buffer.from("\n"));
  }

  #skipHeader(chunk: Buffer): number {
    let at = 0;
    while (this.#skipLines > 0 && at < chunk.length) {
      const end = chunk.indexOf(LF, at);
      if (end < 0) return chunk.length;
      at = end + 1;
      this.#skipLines--;
    }
    return at;
  }
}
