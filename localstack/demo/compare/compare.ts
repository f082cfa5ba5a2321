import { hasPersonalKey } from "../../../lambdas/core/personal-data.ts";
import { sourceViewName } from "../../../schemas/naming.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { classicmodels } from "../../../schemas/sources/classicmodels/area.ts";
import type { Say } from "../progress/index.ts";
import type { SourceAccess } from "../source/connection.ts";
import { connectTo, rowsOf } from "../source/connection.ts";
import { compareCells } from "./cells.ts";
import type { Comparison } from "./comparison.ts";
import { comparison } from "./comparison.ts";
import type { AskWarehouse } from "./figures.ts";
import { compareFigures } from "./figures.ts";
import { canonicalTable, sourceRows, warehouseRows } from "./rows.ts";

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
  readonly rows: number;
}

/** Source against warehouse: counts, figures of the star, and every cell of every table with a key. */
export async function compareAll(options: CompareOptions): Promise<CompareOutcome> {
  const { source, ask, tables, say, signal } = options;
  const counts: Comparison[] = [];
  const cells: Comparison[] = [];
  const differences: string[] = [];
  let rows = 0;
  const connection = await connectTo(source);
  try {
    for (const table of tables) {
      signal.throwIfAborted();
      const { area, name } = table;
      say(`${area.name}.${name}`);
      const [atSource] = await rowsOf<{ n: string | number }>(
        connection,
        `SELECT COUNT(*) AS n FROM \`${area.database}\`.\`${table.source}\``,
      );
      const [inView] = await ask(`SELECT COUNT(*) AS n FROM ${sourceViewName(table)}`);
      counts.push(comparison(`rows.${area.name}.${name}`, Number(atSource?.n), Number(inView?.["n"])));
      // Rows without a key cannot be told apart: docs/TYPES.md leaves them out of mirror equality.
      // Pseudonymised keys order their rows otherwise than the source's: only their number is compared.
      if (table.key === "none" || hasPersonalKey(table)) continue;
      const of = canonicalTable(table);
      const outcome = await compareCells(of, sourceRows(source, of), warehouseRows(options.warehouseUrl, of));
      cells.push(outcome.comparison);
      differences.push(...outcome.differences);
      rows += outcome.rows;
    }
    const hasShop = tables.some((table) => table.area === classicmodels);
    const figures = hasShop ? await compareFigures(connection, ask) : [];
    return { comparisons: [...counts, ...figures, ...cells], differences, rows };
  } finally {
    await connection.end();
  }
}
