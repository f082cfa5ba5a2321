import type { AnyTable } from "../../schemas/model/table.ts";
import { erasedBy } from "../../schemas/sql/erasure.ts";
import { ledgerPosition } from "../../schemas/sql/ledger-position.ts";
import type { NextOffset } from "../core/landed.ts";
import type { Warehouse } from "../core/ports.ts";

/** What the ledger of a table says. */
export interface Ledger {
  readonly next: NextOffset;
  /** Milliseconds since 1970 of the newest load; null before the first. */
  readonly loadedAt: number | null;
}

/** Reads a table's ledger: one small query, the only thing that a load needs to know beforehand. */
export async function readLedger(table: AnyTable, warehouse: Pick<Warehouse, "query">): Promise<Ledger> {
  const rows = await warehouse.query(ledgerPosition(table));
  const positions = new Map(rows.map((row) => [Number(row["partition"]), Number(row["next_offset"])]));
  const times = rows.map((row) => momentOf(row["loaded_at"])).filter((time) => time !== null);
  return {
    next: (partition) => positions.get(partition) ?? 0,
    loadedAt: times.length === 0 ? null : Math.max(...times),
  };
}

/** The column lists by which rows of the table were erased; loads keep out what comes again of them. */
export async function readErasures(table: AnyTable, warehouse: Pick<Warehouse, "query">): Promise<readonly string[]> {
  return (await warehouse.query(erasedBy(table))).flatMap(({ matched }) =>
    typeof matched === "string" ? [matched] : [],
  );
}

/** The Data API gives timestamps as `YYYY-MM-DD HH:MM:SS.ffffff`, ours are UTC. */
function momentOf(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const time = Date.parse(`${value.replace(" ", "T").slice(0, 23)}Z`);
  return Number.isNaN(time) ? null : time;
}
