import { readTableMap } from "./table-map.ts";
import type { TableMap } from "./table-map.ts";
import type { Flavour } from "../mysql/server.ts";

/** Ids rise for ever on a server with many tables: beyond this many the cache starts anew. */
const MAX_TABLES = 2000;

interface Entry {
  readonly bytes: Buffer;
  readonly table: TableMap;
}

/**
 * Table maps by id. The server repeats a table's map before every statement; the same bytes give the same object, so
 * that everything compiled for a table is made once and found by identity.
 */
export class TableCache {
  /** Who wrote the maps; the same bytes mean something else from the other. */
  flavour: Flavour = "mysql";
  private entries = new Map<number, Entry>();

  /** @param body a TABLE_MAP body; a view is fine, it is copied when it is new */
  add(body: Buffer): void {
    const id = body.length >= 6 ? body.readUIntLE(0, 6) : -1;
    const known = this.entries.get(id);
    if (known !== undefined && known.bytes.equals(body)) return;
    if (this.entries.size >= MAX_TABLES) this.entries = new Map();
    const bytes = Buffer.from(body);
    const table = readTableMap(bytes, this.flavour);
    this.entries.set(id, { bytes, table });
  }

  get(id: number): TableMap | undefined {
    return this.entries.get(id)?.table;
  }
}
