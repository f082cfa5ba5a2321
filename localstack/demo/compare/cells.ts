import { createHash } from "node:crypto";
import { qualifiedName } from "../../../schemas/naming.ts";
import type { Comparison } from "./comparison.ts";
import type { CanonicalTable, TextRow } from "./rows.ts";

export interface CellComparison {
  readonly comparison: Comparison;
  /** Rows read at the source. */
  readonly rows: number;
  /** The first differences as sentences, for a person. */
  readonly differences: readonly string[];
}

const SHOWN = 5;

/** Walks both sides in key order, row by row, holding one row of each. */
export async function compareCells(
  of: CanonicalTable,
  source: AsyncIterator<TextRow>,
  warehouse: AsyncIterator<TextRow>,
): Promise<CellComparison> {
  const left = new Side(of, source);
  const right = new Side(of, warehouse);
  const differences: string[] = [];
  let unequal = 0;
  const differ = (sentence: () => string) => {
    unequal++;
    if (differences.length < SHOWN) differences.push(`${qualifiedName(of.table)} ${sentence()}`);
  };
  let [a, b] = [await left.next(), await right.next()];
  while (a !== null || b !== null) {
    const order = a === null ? 1 : b === null ? -1 : compareKeys(of, a, b);
    if (a !== null && order < 0) {
      const [row] = [a];
      differ(() => `${keyText(of, row)} is missing in the warehouse`);
    } else if (b !== null && order > 0) {
      const [row] = [b];
      differ(() => `${keyText(of, row)} is in the warehouse only`);
    } else if (a !== null && b !== null) {
      const [x, y] = [a, b];
      const at = x.findIndex((value, index) => value !== y[index]);
      if (at !== -1)
        differ(
          () =>
            `${keyText(of, x)} ${of.names[at] ?? ""}: ${shown(x[at])} at the source, ${shown(y[at])} in the warehouse`,
        );
    }
    if (order <= 0) a = await left.next();
    if (order >= 0) b = await right.next();
  }
  const name = cellsName(of);
  const [ours, theirs] = [left.summary(), right.summary()];
  return {
    comparison: { name, source: ours, warehouse: theirs, equal: unequal === 0 && ours === theirs },
    rows: left.rows,
    differences,
  };
}

/**
 * The same for a table without a key, whose rows have no order: as two heaps of rows. Which rows differ is not told.
 */
export async function compareHeaps(
  of: CanonicalTable,
  source: AsyncIterable<TextRow>,
  warehouse: AsyncIterable<TextRow>,
): Promise<CellComparison> {
  const [ours, theirs] = [await heapOf(of, source), await heapOf(of, warehouse)];
  const comparison = { name: cellsName(of), source: ours.summary, warehouse: theirs.summary };
  return { comparison: { ...comparison, equal: ours.summary === theirs.summary }, rows: ours.rows, differences: [] };
}

async function heapOf(of: CanonicalTable, input: AsyncIterable<TextRow>): Promise<{ rows: number; summary: string }> {
  let rows = 0;
  let sum = 0n;
  for await (const row of input) {
    rows++;
    // A sum, because it does not depend on the order, and equal rows do not take each other away.
    const digest = createHash("sha256")
      .update(JSON.stringify(canonical(of, row)))
      .digest("hex");
    sum = BigInt.asUintN(64, sum + BigInt(`0x${digest.slice(0, 16)}`));
  }
  return { rows, summary: `${rows * of.columns.length} cells ${sum.toString(16).padStart(16, "0")}` };
}

const cellsName = ({ table }: CanonicalTable): string => `cells.${table.area.name}.${table.name}`;

function canonical(of: CanonicalTable, row: TextRow): TextRow {
  return of.columns.map((column, index) => {
    const cell = row[index] ?? null;
    return cell === null ? null : column.normalise(cell);
  });
}

/** One side's rows in canonical form, counted and hashed as they pass. */
class Side {
  rows = 0;
  private readonly hash = createHash("sha256");
  private readonly of: CanonicalTable;
  private readonly input: AsyncIterator<TextRow>;

  constructor(of: CanonicalTable, input: AsyncIterator<TextRow>) {
    this.of = of;
    this.input = input;
  }

  async next(): Promise<TextRow | null> {
    const result = await this.input.next();
    if (result.done === true) return null;
    const row = canonical(this.of, result.value);
    this.rows++;
    this.hash.update(JSON.stringify(row));
    return row;
  }

  /** How many cells there were, and a digest of all of them in key order. */
  summary(): string {
    return `${this.rows * this.of.columns.length} cells ${this.hash.digest("hex").slice(0, 16)}`;
  }
}

function compareKeys(of: CanonicalTable, a: TextRow, b: TextRow): number {
  for (const index of of.keyIndexes) {
    const order = of.columns[index]?.compare(a[index] ?? "", b[index] ?? "") ?? 0;
    if (order !== 0) return order;
  }
  return 0;
}

const keyText = (of: CanonicalTable, row: TextRow): string =>
  of.keyIndexes.map((index) => `${of.names[index] ?? ""}=${row[index] ?? "NULL"}`).join(", ");

const shown = (value: string | null | undefined): string => {
  const text = JSON.stringify(value ?? null);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
};
