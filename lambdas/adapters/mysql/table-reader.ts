import type { KeyValue, SnapshotBatch, SourceColumn, SourceTable } from "../../core/capture-ports.ts";
import { columnTypeOf } from "../../../schemas/types/from-mysql.ts";
import { ImageLayout } from "./image-layout.ts";
import { KeyReader } from "./key-reader.ts";
import { literal, quoteName } from "./literal.ts";
import { isLeftOut } from "./route.ts";
import type { RowRoute } from "./route.ts";
import type { MysqlSession } from "./session.ts";
import { textWriter } from "./text-columns.ts";
import type { TextWriter } from "./text-columns.ts";
import { ByteReader } from "./values/byte-reader.ts";
import { ByteWriter } from "../../core/byte-writer.ts";
import type { Collations } from "./values/charsets.ts";
import type { ColumnDefinition } from "./wire/column-definition.ts";

const NULL_FIELD = 0xfb;
const NULL_VALUE = Buffer.from("null");

/** Rows with `above < first key column <= upTo`, after the whole key `after`; null is open. */
export interface TableRange {
  readonly above: KeyValue | null;
  readonly upTo: KeyValue | null;
  readonly after: readonly KeyValue[] | null;
  /** These rows only, by their whole keys. @default - all of the range */
  readonly keys?: readonly (readonly KeyValue[])[];
}

/** Columns that travel: those that the definition wants, and unknown ones of a type that can be read. */
function selected(table: SourceTable, route: RowRoute): SourceTable["columns"] {
  return table.columns.filter(
    (c) => !isLeftOut(route, c.name) && (route.required.has(c.name) || columnTypeOf(c) !== null),
  );
}

/**
 * The text protocol prints FLOAT with 6 digits and DOUBLE(M,D) with D decimals: the product keeps all, and the sign of
 * -0, which a sum would lose.
 */
const expression = (column: SourceTable["columns"][number]): string =>
  column.dataType === "float" || column.dataType === "double"
    ? `${quoteName(column.name)} * 1E0`
    : quoteName(column.name);

/** `(a > x OR (a = x AND b > y))`: the form of a row comparison that the optimizer reads as index ranges. */
function beyond(
  key: readonly Pick<SourceColumn, "name" | "dataType" | "charset">[],
  after: readonly KeyValue[],
): string {
  const terms = key.map((column, depth) =>
    [
      ...key.slice(0, depth).map((k, i) => `${quoteName(k.name)} = ${literal(after[i] as KeyValue, k)}`),
      `${quoteName(column.name)} > ${literal(after[depth] as KeyValue, column)}`,
    ].join(" AND "),
  );
  return `(${terms.join(" OR ")})`;
}

/** `(a = x AND b = y) OR ...`: looked up in the index one by one. */
function among(
  key: readonly Pick<SourceColumn, "name" | "dataType" | "charset">[],
  keys: readonly (readonly KeyValue[])[],
): string {
  const rows = keys.map((values) =>
    key.map((column, i) => `${quoteName(column.name)} = ${literal(values[i] as KeyValue, column)}`).join(" AND "),
  );
  return rows.length === 0 ? "FALSE" : `(${rows.map((row) => `(${row})`).join(" OR ")})`;
}

/** Text of the snapshot's SELECT; keyset, never OFFSET. */
export function selectText(
  table: SourceTable,
  route: RowRoute,
  range: TableRange,
  columns: SourceTable["columns"] = selected(table, route),
): string {
  const byName = new Map(table.columns.map((c) => [c.name, c]));
  const key = route.key.flatMap((name) => byName.get(name) ?? []);
  const [first] = key;
  const conditions: string[] = [];
  if (first !== undefined) {
    if (range.above !== null) conditions.push(`${quoteName(first.name)} > ${literal(range.above, first)}`);
    if (range.upTo !== null) conditions.push(`${quoteName(first.name)} <= ${literal(range.upTo, first)}`);
    if (range.after !== null) conditions.push(beyond(key, range.after));
    if (range.keys !== undefined) conditions.push(among(key, range.keys));
  }
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const order = key.length === 0 ? "" : ` ORDER BY ${key.map((c) => quoteName(c.name)).join(", ")}`;
  const list = columns.map(expression).join(", ");
  return `SELECT ${list} FROM ${quoteName(table.db)}.${quoteName(table.name)}${where}${order}`;
}

/** Decodes the rows of one snapshot SELECT into record texts. */
class TextImageReader {
  private readonly layout: ImageLayout;
  private readonly writers: readonly TextWriter[];
  private readonly keys: KeyReader;
  private readonly reader = new ByteReader(Buffer.alloc(0));
  private readonly out = new ByteWriter();

  constructor(table: SourceTable, route: RowRoute, definitions: readonly ColumnDefinition[], collations: Collations) {
    const columns = selected(table, route);
    this.layout = new ImageLayout(
      route,
      columns.map((c) => c.name),
      columns.map(() => true),
    );
    this.writers = columns.map((c, i) => textWriter(c, definitions[i]?.collation ?? 0, collations));
    this.keys = new KeyReader(columns, route.key);
  }

  row(buf: Buffer, start: number, end: number): { readonly key: string | null; readonly after: string } {
    const { reader, out, writers, layout, keys } = this;
    const { prefixes, starts } = layout;
    reader.reset(buf, start, end);
    keys.begin(buf);
    out.pos = 0;
    for (let i = 0; i < writers.length; i += 1) {
      const field = out.pos;
      starts[i] = field;
      const prefix = prefixes[i];
      if (prefix !== null && prefix !== undefined) out.raw(prefix);
      const value = out.pos;
      if (buf[reader.pos] === NULL_FIELD) {
        reader.take(1);
        out.raw(NULL_VALUE);
      } else {
        const length = reader.packed();
        const at = reader.take(length);
        keys.field(i, at, at + length);
        (writers[i] as TextWriter)(out, buf, at, at + length);
      }
      if (layout.anyTreatment && layout.treatments[i] !== null) layout.treat(i, out, field, value);
    }
    layout.close(out, 0);
    const after = out.text();
    return { key: layout.keyText(out), after };
  }

  lastKey(): readonly KeyValue[] | null {
    return this.keys.values();
  }
}

/** Reads a range of a table over a session of its own. Ends early when the signal aborts. */
export async function* readTable(
  session: MysqlSession,
  table: SourceTable,
  route: RowRoute,
  range: TableRange,
  collations: Collations,
  signal: AbortSignal,
): AsyncGenerator<SnapshotBatch, void, undefined> {
  const stream = await session.open(selectText(table, route, range), signal);
  if (stream === null) return;
  const images = new TextImageReader(table, route, stream.columns, collations);
  for (let more = true; more;) {
    const rows: SnapshotBatch["rows"][number][] = [];
    more = await stream.next((buf, start, end) => rows.push(images.row(buf, start, end)));
    if (rows.length > 0) yield { rows, lastKey: images.lastKey() };
  }
}
