import { hasPersonalKey } from "../../../lambdas/core/personal-data.ts";
import { historyName, sourceViewName } from "../../../schemas/naming.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { classicmodels } from "../../../schemas/sources/classicmodels/area.ts";
import type { Say } from "../progress/index.ts";
import type { SourceAccess } from "../source/connection.ts";
import { connectTo, rowsOf } from "../source/connection.ts";
import { sourceTable } from "./canonical.ts";
import { compareCells, compareHeaps } from "./cells.ts";
import type { CellComparison } from "./cells.ts";
import type { Comparison } from "./comparison.ts";
import { comparison } from "./comparison.ts";
import type { AskWarehouse } from "./figures.ts";
import { compareFigures } from "./figures.ts";
import { aboveFloors, canonicalTable, sourceRows, warehouseRows } from "./rows.ts";

export interface CompareOptions {
  readonly source: SourceAccess;
  readonly ask: AskWarehouse;
  /** Storage of the warehouse: rows are streamed from it. */
  readonly warehouseUrl: string;
  /** Tables that are at the source. */
  readonly tables: readonly AnyTable[];
  readonly say: Say;
  readonly signal: AbortSignal;
}

export interface CompareOutcome {
  readonly comparisons: readonly Comparison[];
  readonly differences: readonly string[];
  /** What could not be compared, as sentences. */
  readonly notes: readonly string[];
  readonly rows: number;
}

/** Source against warehouse: counts, figures of the star, and every cell of every table. */
export async function compareAll(options: CompareOptions): Promise<CompareOutcome> {
  const { source, ask, tables, say, signal } = options;
  const counts: Comparison[] = [];
  const cells: Comparison[] = [];
  const differences: string[] = [];
  const notes: string[] = [];
  let rows = 0;
  const connection = await connectTo(source);
  try {
    for (const table of tables) {
      signal.throwIfAborted();
      const { area, name } = table;
      say(`${area.name}.${name}`);
      const [atSource] = await rowsOf<{ n: string | number }>(
        connection,
        `SELECT COUNT(*) AS n FROM ${sourceTable(table)}`,
      );
      const [inView] = await ask(`SELECT COUNT(*) AS n FROM ${sourceViewName(table)}`);
      const { updates, deletes } = await changesWithoutKey(table, ask);
      counts.push(comparison(`rows.${area.name}.${name}`, Number(atSource?.n), Number(inView?.["n"]) - deletes));
      if (updates + deletes > 0) {
        notes.push(
          `cells.${area.name}.${name} is left out: the table has no key, and which of its rows were updated or deleted cannot be told.`,
        );
        continue;
      }
      // Pseudonymised keys order their rows otherwise than the source's: only their number is compared.
      if (hasPersonalKey(table)) continue;
      const outcome = await cellsOf(table, options);
      cells.push(outcome.comparison);
      differences.push(...outcome.differences);
      rows += outcome.rows;
    }
    const hasShop = tables.some((table) => table.area === classicmodels);
    const figures = hasShop ? await compareFigures(connection, ask) : [];
    return { comparisons: [...counts, ...figures, ...cells], differences, notes, rows };
  } finally {
    await connection.end();
  }
}

async function cellsOf(table: AnyTable, { source, warehouseUrl }: CompareOptions): Promise<CellComparison> {
  const of = canonicalTable(table);
  const compareRows = table.key === "none" ? compareHeaps : compareCells;
  return compareRows(of, sourceRows(source, of), warehouseRows(warehouseUrl, of));
}

/** A table without a key is append-only: its view has what was ever inserted (docs/TYPES.md). */
async function changesWithoutKey(
  table: AnyTable,
  ask: AskWarehouse,
): Promise<{ readonly updates: number; readonly deletes: number }> {
  if (table.key !== "none") return { updates: 0, deletes: 0 };
  const rows = await ask(
    `SELECT _op AS op, COUNT(*) AS n FROM ${historyName(table)} WHERE _op IN ('u', 'd') AND ${aboveFloors(table)} GROUP BY _op`,
  );
  const count = (op: string): number => Number(rows.find((row) => row["op"] === op)?.["n"] ?? 0);
  return { updates: count("u"), deletes: count("d") };
}
