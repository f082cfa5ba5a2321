import { UnsupportedColumnError } from "../mysql/errors.ts";
import type { RowChange } from "../../core/capture-ports.ts";
import type { RowRoute } from "../mysql/route.ts";
import { ByteReader } from "../mysql/values/byte-reader.ts";
import { ByteWriter } from "../../core/byte-writer.ts";
import type { Collations } from "../mysql/values/charsets.ts";
import { ImageReader } from "./row-images.ts";
import type { RowsEvent } from "./rows-event.ts";
import { hindranceOf } from "./table-fit.ts";
import type { TableMap } from "./table-map.ts";

interface Images {
  readonly route: RowRoute;
  readonly present: string;
  readonly reader: ImageReader;
}

/** The rows of an event, or why its table's definition cannot take them. */
export type DecodedRows =
  { readonly rows: RowChange[]; readonly unknownColumns: readonly string[] } | { readonly hindrance: string };

/**
 * Turns the rows of events into record texts: values go from the log's bytes into JSON without becoming JavaScript
 * values. One decoder per stream; its buffers are reused.
 */
export class RowDecoder {
  private readonly collations: Collations;
  private readonly reader = new ByteReader(Buffer.alloc(0));
  private readonly out = new ByteWriter();
  private readonly images = new WeakMap<TableMap, Images[]>();
  private readonly hindrances = new WeakMap<TableMap, string | null>();

  constructor(collations: Collations) {
    this.collations = collations;
  }

  /** @throws BinlogUnsupportedError, CorruptBytesError */
  decode(event: RowsEvent, route: RowRoute): DecodedRows {
    const hindrance = this.hindrance(event, route);
    if (hindrance !== null) return { hindrance };
    const { reader } = this;
    reader.reset(event.body, 0, event.body.length);
    const { before, after } = this.readings(event, route);
    const rows: RowChange[] = [];
    while (reader.left > 0) rows.push(this.row(before, after));
    return { rows, unknownColumns: (after ?? before)?.layout.unknown ?? [] };
  }

  /** The same for all events of a table map, which is of one table and so of one route. */
  private hindrance(event: RowsEvent, route: RowRoute): string | null {
    const known = this.hindrances.get(event.table);
    if (known !== undefined) return known;
    const found = hindranceOf(event.table, route) ?? this.unreadable(event, route);
    this.hindrances.set(event.table, found);
    return found;
  }

  private unreadable(event: RowsEvent, route: RowRoute): string | null {
    try {
      this.readings(event, route);
      return null;
    } catch (error) {
      if (error instanceof UnsupportedColumnError) return error.message;
      throw error;
    }
  }

  private readings({ op, table, presentBefore, presentAfter }: RowsEvent, route: RowRoute) {
    return {
      before: op === "insert" ? null : this.reading(table, presentBefore, route),
      after: op === "delete" ? null : this.reading(table, presentAfter, route),
    };
  }

  private row(before: ImageReader | null, after: ImageReader | null): RowChange {
    const { reader, out } = this;
    out.pos = 0;
    let beforeText: string | null = null;
    let beforeKey: string | null = null;
    if (before !== null) {
      before.write(reader, out);
      beforeText = out.text();
      beforeKey = before.layout.keyText(out);
      if (after === null) return { before: beforeText, after: null, key: beforeKey, keyBefore: null };
    }
    out.pos = 0;
    after?.write(reader, out);
    const text = out.text();
    const key = after?.layout.keyText(out) ?? null;
    return {
      before: beforeText,
      after: text,
      key,
      keyBefore: beforeText === null || beforeKey === key ? null : beforeKey,
    };
  }

  private reading(table: TableMap, present: Buffer, route: RowRoute): ImageReader {
    const known = this.images.get(table);
    const bits = present.toString("latin1");
    if (known !== undefined) {
      for (const images of known) if (images.route === route && images.present === bits) return images.reader;
    }
    const reader = new ImageReader(table, present, this.collations, route);
    this.images.set(table, [...(known ?? []), { route, present: bits, reader }]);
    return reader;
  }
}
