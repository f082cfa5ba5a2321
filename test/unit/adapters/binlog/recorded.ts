import { readFileSync } from "node:fs";
import path from "node:path";
import { BinlogDecoder } from "../../../../lambdas/adapters/binlog/decoder.ts";
import type { BinlogEvent } from "../../../../lambdas/adapters/binlog/events.ts";
import type { RowsEvent } from "../../../../lambdas/adapters/binlog/rows-event.ts";
import { RowDecoder } from "../../../../lambdas/adapters/binlog/row-changes.ts";
import type { RowRoute } from "../../../../lambdas/adapters/mysql/route.ts";
import type { RowChange } from "../../../../lambdas/core/capture-ports.ts";

export type Flavour = "mariadb" | "mysql";

/** Events as a real server sent them: one table of every kind of type, changed, altered, renamed and dropped. */
export interface Recording {
  readonly server: string;
  readonly from: { readonly file: string; readonly pos: number };
  readonly collations: ReadonlyMap<number, string>;
  readonly events: readonly Buffer[];
}

export function recording(flavour: Flavour): Recording {
  const file = path.join(import.meta.dirname, "fixtures", `${flavour}.json`);
  const parsed = JSON.parse(readFileSync(file, "utf8")) as {
    server: string;
    from: { file: string; pos: number };
    collations: Record<string, string>;
    events: string[];
  };
  return {
    ...parsed,
    collations: new Map(Object.entries(parsed.collations).map(([id, charset]) => [Number(id), charset])),
    events: parsed.events.map((event) => Buffer.from(event, "base64")),
  };
}

export const KINDS: RowRoute = {
  table: "fixture.kinds",
  key: ["id"],
  required: new Set("id,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,q,r".split(",")),
  types: new Map(),
  treatments: new Map(),
};

/** Decodes events one after the other. */
export function decodeAll(from: Recording["from"], events: readonly Buffer[]): BinlogEvent[] {
  const decoder = new BinlogDecoder(from);
  const decoded: BinlogEvent[] = [];
  for (const event of events) decoder.decode(event, 0, event.length, decoded);
  return decoded;
}

/** All row changes of a recording. */
export function rowsOf(made: Recording, route: RowRoute = KINDS): RowChange[] {
  const rows = new RowDecoder(made.collations);
  return decodeAll(made.from, made.events).flatMap((e) => (e.kind === "rows" ? decodedRows(rows, e, route) : []));
}

/** Rows that their definition is expected to take. */
export function decodedRows(decoder: RowDecoder, event: RowsEvent, route: RowRoute): readonly RowChange[] {
  const decoded = decoder.decode(event, route);
  if ("hindrance" in decoded) throw new Error(`rows are left out: ${decoded.hindrance}`);
  return decoded.rows;
}
