import type { Column } from "../../model/column.ts";
import type { AnyTable } from "../../model/table.ts";
import { MAX_VARCHAR, warehouseType } from "../../types/warehouse.ts";

/**
 * A value that no VARCHAR holds is hashed in parts, and each part is a term of the statement: slices of bytes and of
 * documents in their columns, pieces of what `_raw` keeps.
 */
export interface Parts {
  /** 0: the value is hashed at once. */
  readonly slices: number;
  /** 0: nothing of the column is in `_raw` in pieces. */
  readonly pieces: number;
}

/** Bytes of VARBYTE that are hashed at a time: their hex text must fit a VARCHAR. */
export const SLICE = 32_000;
/** Most that a row of Redshift holds. */
export const MAX_ROW = 4 * 1024 * 1024;
/** Fewest bytes of a piece that another follows (lambdas/core/long-text.ts; a test holds the two together). */
export const LEAST_PIECE = Math.floor(MAX_VARCHAR / 3) - 2;

/**
 * Bytes of SQL for all parts of a table: the Data API takes statements of 100 KB. Where many columns share them, fewer parts
 * of each are hashed, and the size stands for the rest of a value that has more.
 */
const ROOM = 40_000;
/** Bytes of SQL of one slice and of one piece, without the column's name (cell-sql.ts; a test measures the whole). */
const SLICE_SQL = { fixed: 150, names: 2 };
const PIECE_SQL = { fixed: 75, names: 1.25 };

/** The parts of a table's columns, by name; columns that have none are left out. */
export function partsOf(table: AnyTable, digested: (name: string) => boolean): ReadonlyMap<string, Parts> {
  const most = Object.entries(table.columns)
    .map(([name, column]) => [name, mostParts(column, digested(name), table.tooLong === "super")] as const)
    .filter(([, { slices, pieces }]) => slices + pieces > 0);
  return new Map(most.map(([name, wanted]) => [name, within(wanted, name, ROOM / most.length)]));
}

function mostParts({ type }: Column, digested: boolean, keepsLong: boolean): Parts {
  const held = warehouseType(type);
  const bytes = type.kind === "json" ? MAX_ROW : held.name === "VARBYTE" && digested ? held.bytes : 0;
  const kept = keepsLong && (type.kind === "string" || type.kind === "bytes" || type.kind === "json");
  return {
    slices: bytes > SLICE ? Math.ceil(Math.min(bytes, MAX_ROW) / SLICE) : 0,
    pieces: kept ? Math.ceil(MAX_ROW / LEAST_PIECE) : 0,
  };
}

function within({ slices, pieces }: Parts, name: string, room: number): Parts {
  const cost = ({ fixed, names }: typeof SLICE_SQL): number => fixed + names * name.length;
  const each = (slices > 0 ? cost(SLICE_SQL) : 0) + (pieces > 0 ? cost(PIECE_SQL) : 0);
  const most = Math.max(1, Math.floor(room / each));
  return { slices: Math.min(slices, most), pieces: Math.min(pieces, most) };
}
