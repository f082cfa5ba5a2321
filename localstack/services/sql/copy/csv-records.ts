import { SqlError } from "../errors.ts";

/** One record of a CSV file as bytes; what is wrong with its quotes is for the reader of values to say. */
export interface CsvRecord {
  /** Line of the file on which it starts, from 1. */
  readonly line: number;
  readonly raw: Buffer;
  readonly fields: readonly Buffer[];
  /** A quote that was never closed, or text beside a quoted part. */
  readonly malformed: boolean;
}

const LF = 10;
const CR = 13;
/** A row is at most 4 MB (Redshift Developer Guide, COPY); a quote that nobody closes would else fill the memory. */
const MAX_ROW_BYTES = 4 * 1024 * 1024;

/** Cuts a file's bytes into records; a line end inside quotes belongs to the field. Memory: one record and one chunk. */
export class CsvRecordReader {
  readonly #delimiter: number;
  readonly #quote: number;
  #rest: Buffer = Buffer.alloc(0);
  #searched = 0;
  #inQuotes = false;
  #line = 1;
  #skip: number;

  constructor(delimiter: string, quote: string, headerLines: number) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote.charCodeAt(0);
    this.#skip = headerLines;
  }

  /** @throws SqlError for a row longer than COPY reads */
  *read(chunk: Buffer): Generator<CsvRecord> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let at = this.#searched; at < this.#rest.length; at++) {
      const byte = this.#rest[at];
      if (byte === this.#quote) this.#inQuotes = !this.#inQuotes && this.#skip === 0;
      else if (byte === LF && !this.#inQuotes) {
        yield* this.#record(this.#rest.subarray(from, at));
        from = at + 1;
      }
    }
    this.#rest = this.#rest.subarray(from);
    if (this.#rest.length > MAX_ROW_BYTES)
      throw new SqlError(
        `The row at line ${this.#line} is longer than ${MAX_ROW_BYTES} bytes, the most that COPY reads`,
      );
    this.#searched = this.#rest.length;
  }

  /** The file is over: its last record may lack a line end. */
  *end(): Generator<CsvRecord> {
    if (this.#rest.length > 0) yield* this.#record(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  *#record(bytes: Buffer): Generator<CsvRecord> {
    const line = this.#line;
    const raw = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
    for (const byte of bytes) if (byte === LF) this.#line++;
    this.#line++;
    if (this.#skip > 0) this.#skip--;
    else yield { line, raw, ...this.#fields(raw) };
  }

  #fields(raw: Buffer): { fields: readonly Buffer[]; malformed: boolean } {
    const fields: Buffer[] = [];
    let malformed = false;
    let at = 0;
    for (;;) {
      const quoted = raw[at] === this.#quote;
      const end = quoted ? this.#closing(raw, at + 1) : this.#next(raw, at);
      if (end < 0) return { fields, malformed: true };
      fields.push(quoted ? this.#unquote(raw.subarray(at + 1, end)) : raw.subarray(at, end));
      const after = quoted ? end + 1 : end;
      if (after < raw.length && raw[after] !== this.#delimiter) malformed = true;
      const next = this.#next(raw, after);
      if (next >= raw.length) return { fields, malformed };
      at = next + 1;
    }
  }

  #next(raw: Buffer, from: number): number {
    const at = raw.indexOf(this.#delimiter, from);
    return at < 0 ? raw.length : at;
  }

  /** @returns the offset of the closing quote, or -1 */
  #closing(raw: Buffer, from: number): number {
    for (let at = from; at < raw.length; at++) {
      if (raw[at] !== this.#quote) continue;
      if (raw[at + 1] !== this.#quote) return at;
      at++;
    }
    return -1;
  }

  #unquote(inner: Buffer): Buffer {
    const quote = String.fromCharCode(this.#quote);
    if (!inner.includes(this.#quote)) return inner;
    return Buffer.from(inner.toString("latin1").replaceAll(quote + quote, quote), "latin1");
  }
}
