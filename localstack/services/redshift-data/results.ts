import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { SqlError } from "../sql/errors.ts";
import type { ResultSink } from "../sql/run/query.ts";
import type { ResultColumn } from "../sql/run/result-columns.ts";
import { LIMITS } from "./limits.ts";

type Row = readonly (string | null)[];

/** Text of one page; a page of GetStatementResult is this large. */
const PAGE_BYTES = 1024 * 1024;

interface Page {
  readonly offset: number;
  readonly length: number;
}

/** The rows of one statement: a small result stays in memory, a larger one goes to a file, page by page. */
export class StoredResult implements ResultSink {
  readonly #file: string;
  #descriptor: number | null = null;
  #columns: readonly ResultColumn[] | null = null;
  readonly #pages: Page[] = [];
  #open: Row[] = [];
  #openBytes = 0;
  #written = 0;
  rows = 0;
  /** Bytes of all values. */
  size = 0;

  constructor(folder: string, name: string) {
    this.#file = path.join(folder, `${name.replaceAll(":", "-")}.rows`);
  }

  columns(columns: readonly ResultColumn[]): void {
    this.#columns = columns;
  }

  row(values: Row): void {
    let bytes = 0;
    for (const value of values) bytes += value === null ? 1 : Buffer.byteLength(value);
    if (bytes > LIMITS.rowBytes)
      throw new SqlError(`A row of the result has ${bytes} bytes: the Data API's limit is ${LIMITS.rowBytes} (64 KB)`);
    this.size += bytes;
    if (this.size > LIMITS.resultBytes)
      throw new SqlError(`The result is larger than ${LIMITS.resultBytes} bytes (500 MB), the Data API's limit`);
    this.rows++;
    this.#open.push(values);
    this.#openBytes += bytes;
    if (this.#openBytes >= PAGE_BYTES) this.#flush();
  }

  /** Columns, once the statement has announced them. */
  get found(): readonly ResultColumn[] | null {
    return this.#columns;
  }

  /** @returns the rows of a page, and whether more pages follow; null when there is no such page */
  page(index: number): { readonly rows: readonly Row[]; readonly more: boolean } | null {
    const stored = this.#pages[index];
    const last = this.#open.length > 0 || this.#pages.length === 0 ? this.#pages.length : this.#pages.length - 1;
    if (index > last || index < 0) return null;
    return { rows: stored === undefined ? this.#open : this.#read(stored), more: index < last };
  }

  remove(): void {
    if (this.#descriptor === null) return;
    closeSync(this.#descriptor);
    this.#descriptor = null;
    rmSync(this.#file, { force: true });
  }

  #flush(): void {
    if (this.#descriptor === null) {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      this.#descriptor = openSync(this.#file, "w+");
    }
    const bytes = Buffer.from(JSON.stringify(this.#open));
    writeSync(this.#descriptor, bytes, 0, bytes.length, this.#written);
    this.#pages.push({ offset: this.#written, length: bytes.length });
    this.#written += bytes.length;
    this.#open = [];
    this.#openBytes = 0;
  }

  #read({ offset, length }: Page): readonly Row[] {
    if (this.#descriptor === null) return [];
    const bytes = Buffer.alloc(length);
    readSync(this.#descriptor, bytes, 0, length, offset);
    return JSON.parse(bytes.toString("utf8")) as Row[];
  }
}
