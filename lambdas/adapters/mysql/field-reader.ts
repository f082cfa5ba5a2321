import type { FieldRow, ScanProgress, SourceColumn, SourceTable } from "../../core/capture-ports.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { KeyReader } from "./key-reader.ts";
import type { RowRoute } from "./route.ts";
import type { MysqlSession } from "./session.ts";
import { selectText } from "./table-reader.ts";
import type { TableRange } from "./table-reader.ts";
import { textWriter } from "./text-columns.ts";
import type { TextWriter } from "./text-columns.ts";
import { ByteReader } from "./values/byte-reader.ts";
import { ByteWriter } from "../../core/byte-writer.ts";
import type { Collations } from "./values/charsets.ts";
import { writeJsonText } from "./values/json-string.ts";
import type { ColumnDefinition } from "./wire/column-definition.ts";

const NULL_FIELD = 0xfb;
const NULL_VALUE = Buffer.from("null");

export interface ScanRequest {
  readonly session: MysqlSession;
  readonly table: SourceTable;
  readonly route: RowRoute;
  /** SOURCE names of the fields wanted, in their order. */
  readonly sources: readonly string[];
  readonly range: TableRange;
  readonly collations: Collations;
  readonly signal: AbortSignal;
}

/** Decodes rows of the text protocol into fields, by the writers that make record texts. */
class FieldReader implements FieldRow {
  readonly ends: Int32Array;
  readonly keys: KeyReader;
  private readonly writers: readonly (TextWriter | null)[];
  private readonly treatments: readonly (((text: string) => string) | null)[];
  private readonly reader = new ByteReader(Buffer.alloc(0));
  private readonly out = new ByteWriter();
  /** Place of each field among the columns that are read; -1 for those that are not. */
  private readonly places: readonly number[];

  constructor(request: ScanRequest, columns: readonly SourceColumn[], definitions: readonly ColumnDefinition[]) {
    const { route, sources, collations } = request;
    this.places = sources.map((name) => columns.findIndex((column) => column.name === name));
    this.writers = columns.map((column, i) => textWriter(column, definitions[i]?.collation ?? 0, collations));
    this.treatments = sources.map((name) => {
      const treatment = route.treatments.get(name);
      return treatment === undefined || treatment === "drop" ? null : treatment;
    });
    this.ends = new Int32Array(sources.length + 1);
    this.keys = new KeyReader(columns, route.key);
  }

  get bytes(): Buffer {
    return this.out.buf;
  }

  /** The columns are read in the order of the fields. */
  row(buf: Buffer, start: number, end: number): void {
    const { reader, out, ends, places, keys } = this;
    reader.reset(buf, start, end);
    keys.begin(buf);
    out.pos = 0;
    for (let i = 0; i < places.length; i += 1) {
      ends[i] = out.pos;
      const place = places[i] as number;
      if (place < 0) {
        out.raw(NULL_VALUE);
        continue;
      }
      if (buf[reader.pos] === NULL_FIELD) {
        reader.take(1);
        out.raw(NULL_VALUE);
        continue;
      }
      const length = reader.packed();
      const at = reader.take(length);
      keys.field(place, at, at + length);
      (this.writers[place] as TextWriter)(out, buf, at, at + length);
      const treat = this.treatments[i];
      if (treat !== null && treat !== undefined) this.treat(treat, ends[i] as number);
    }
    ends[places.length] = out.pos;
  }

  private treat(treat: (text: string) => string, from: number): void {
    const { out } = this;
    const text = out.text(from);
    out.pos = from;
    writeJsonText(out, treat(text.startsWith('"') ? (JSON.parse(text) as string) : text));
  }
}

/**
 * Reads rows as fields over a session of its own; `onRow` sees each while the bytes are at hand. Ends early when the
 * signal aborts.
 * @throws ConfigurationError when the source lacks a column of the key
 */
export async function* scanTable(
  request: ScanRequest,
  onRow: (row: FieldRow) => void,
): AsyncGenerator<ScanProgress, void, undefined> {
  const { session, table, route, range, signal } = request;
  const columns = columnsOf(request);
  const stream = await session.open(selectText(table, route, range, columns), signal);
  if (stream === null) return;
  const fields = new FieldReader(request, columns, stream.columns);
  for (let more = true; more;) {
    let rows = 0;
    more = await stream.next((buf, start, end) => {
      fields.row(buf, start, end);
      rows += 1;
      onRow(fields);
    });
    if (rows > 0) yield { rows, lastKey: fields.keys.values() };
  }
}

/** Columns that the source has lost are NULL, as in its records. */
function columnsOf({ table, route, sources }: ScanRequest): readonly SourceColumn[] {
  const found = sources
    .filter((name) => route.treatments.get(name) !== "drop")
    .flatMap((name) => table.columns.find((candidate) => candidate.name === name) ?? []);
  const missing = route.key.filter((name) => !found.some((column) => column.name === name));
  if (missing.length === 0) return found;
  throw new ConfigurationError(
    `The source's ${route.table} has no column ${missing.join(", ")}, which the definition has in its key: bring it back, or change the definition's key`,
  );
}
