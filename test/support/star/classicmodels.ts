import type { AnyTable } from "../../../schemas/model/table.ts";
import { classicmodelsTables } from "../../../schemas/sources/classicmodels/index.ts";
import { readDump } from "./dump.ts";
import type { DumpRow } from "./dump.ts";
import type { HistoryRow } from "./warehouse.ts";

/** Version at a place of the binlog; rows of a snapshot have the anchor's. */
export const versionAt = (place: number, side: 0 | 1 = 1): string =>
  `00001.0000000001.${String(place).padStart(16, "0")}.00000000.${side}`;

export const ANCHOR = versionAt(4, 0);
export const COPIED_AT = "2026-01-01 00:00:05";

/** The rows of a dump as a snapshot delivers them. */
export function snapshotOf(dump: ReadonlyMap<string, readonly DumpRow[]> = readDump()): readonly HistoryRow[] {
  return classicmodelsTables.flatMap((table) =>
    (dump.get(table.name) ?? []).map((row) => ({
      table,
      op: "r" as const,
      version: ANCHOR,
      commitAt: "2026-01-01 00:00:00",
      capturedAt: COPIED_AT,
      row,
    })),
  );
}

/** A change at a place of the binlog, `row` being the whole row afterwards (before, for a delete). */
export function change(
  table: AnyTable,
  op: "c" | "u" | "d",
  place: number,
  commitAt: string,
  row: HistoryRow["row"],
): HistoryRow {
  return { table, op, version: versionAt(place, op === "d" ? 0 : 1), commitAt, row };
}
