import type { RowChange } from "../../core/capture-ports.ts";
import type { RowRoute } from "../mysql/route.ts";
import { ByteReader } from "../mysql/values/byte-reader.ts";
import { ByteWriter } from "../../core/byte-writer.ts";
import type { Collations } from "../mysql/values/charsets.ts";
import { ImageReader } from "./row-images.ts";
import type { RowsEvent } from "./rows-event.ts";
import type { TableMap } from "./table-map.ts";

interface Images {
  readonly route: RowRoute;
  readonly present: string;
  readonly reader: ImageReader;
}

/**
 * Turns the rows of events into record texts: values go from the log's bytes into JSON without becoming JavaScript
 * values. One decoder per stream; its buffers are reused.
 */
export class RowDecoder {
  private readonly collations: Collations;
  private readonly reader = new ByteReader(Buffer.alloc(0));
  private readonly out = new ByteWriter();
  private readonly images = new WeakMap<TableMap, Images[]>();

  constructor(collations: Collations) {
    this.collations = collations;
  }

  /** @throws UnsupportedColumnError, ConfigurationError, CorruptBytesError */
  decode(event: RowsEvent, route: RowRoute): { rows: RowChange[]; unknownColumns: readonly string[] } {
    const { reader } = this;
    reader.reset(event.body, 0, event.body.length);
    const before = event.op === "insert" ? null : this.reading(event.table, event.presentBefore, route);
    const after = event.op === "delete" ? null : this.reading(event.table, event.presentAfter, route);
    const rows: RowChange[] = [];
    while (reader.left > 0) rows.push(this.row(before, after));
    return { rows, unknownColumns: (after ?? before)?.layout.unknown ?? [] };
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
