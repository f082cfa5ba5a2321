import { UnsupportedColumnError } from "../mysql/errors.ts";
import { ImageLayout } from "../mysql/image-layout.ts";
import { isLeftOut } from "../mysql/route.ts";
import type { RowRoute } from "../mysql/route.ts";
import type { ByteReader } from "../mysql/values/byte-reader.ts";
import type { ByteWriter } from "../../core/byte-writer.ts";
import type { Collations } from "../mysql/values/charsets.ts";
import { columnSkipper, columnWriter } from "./column-writers.ts";
import type { ColumnWriter } from "./column-writers.ts";
import { BinlogUnsupportedError, THEN_RESYNC } from "./errors.ts";
import type { BinlogColumn, TableMap } from "./table-map.ts";

const NULL_VALUE = Buffer.from("null");

const has = (bits: Buffer, i: number): boolean => (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1;

/** Columns the definition asks for must be readable; others that are not are stepped over. */
function compile(column: BinlogColumn, collations: Collations, route: RowRoute): ColumnWriter | null {
  if (isLeftOut(route, column.name)) return null;
  try {
    return columnWriter(column, collations);
  } catch (error) {
    if (error instanceof UnsupportedColumnError && !route.required.has(column.name)) return null;
    throw error;
  }
}

/**
 * A column that the table has and its rows do not bring is not NULL: nobody knows its value. One that the table itself
 * lacks was dropped, and is NULL.
 */
function checkWhole(table: TableMap, present: Buffer, route: RowRoute): void {
  const absent = table.columns.filter(({ name }, i) => !has(present, i) && route.required.has(name));
  if (absent.length === 0) return;
  throw new BinlogUnsupportedError(
    `Rows of ${route.table} come without ${absent.map(({ name }) => name).join(", ")}: set binlog_row_image = FULL in all sessions, ${THEN_RESYNC}`,
  );
}

/** Reads the row images of one table (with one set of columns present) and writes them as JSON objects. */
export class ImageReader {
  readonly layout: ImageLayout;
  private readonly writers: readonly ColumnWriter[];
  private readonly nullBytes: number;

  constructor(table: TableMap, present: Buffer, collations: Collations, route: RowRoute) {
    checkWhole(table, present, route);
    const columns = table.columns.filter((_, i) => has(present, i));
    const writers = columns.map((column) => compile(column, collations, route));
    this.layout = new ImageLayout(
      route,
      columns.map((c) => c.name),
      writers.map((w) => w !== null),
    );
    this.writers = columns.map((column, i) => writers[i] ?? columnSkipper(column, collations));
    this.nullBytes = (columns.length + 7) >> 3;
  }

  /** Consumes one image and appends `{"column":value,...}`. */
  write(reader: ByteReader, out: ByteWriter): void {
    const { writers, layout } = this;
    const { prefixes, starts } = layout;
    const nulls = reader.take(this.nullBytes);
    const { buf } = reader;
    const begin = out.pos;
    for (let i = 0; i < writers.length; i += 1) {
      const start = out.pos;
      starts[i] = start;
      const prefix = prefixes[i];
      if (prefix !== null && prefix !== undefined) out.raw(prefix);
      const value = out.pos;
      if ((((buf[nulls + (i >> 3)] as number) >> (i & 7)) & 1) === 1) out.raw(NULL_VALUE);
      else (writers[i] as ColumnWriter)(reader, out);
      if (layout.anyTreatment && layout.treatments[i] !== null) layout.treat(i, out, start, value);
    }
    layout.close(out, begin);
  }
}
