import type { Column, ColumnType } from "../../model/column.ts";
import type { AnyTable } from "../../model/table.ts";
import { MAX_VARCHAR, warehouseType } from "../../types/warehouse.ts";
import { partsOf } from "./parts.ts";
import type { Parts } from "./parts.ts";

/**
 * The canonical text of a row, by which source and mirror are compared: the texts of its cells in the order of the
 * definition, joined by `|,`. The source's are made from record texts (lambdas/reconcile-table/cells.ts), the mirror's
 * from its columns in SQL (cell-sql.ts); this file says what both agree on. NULL is `|~`. A bar in a text becomes `|.`, so
 * that what follows a bar says what it is, and no two rows have one text.
 */
export interface CellForm {
  readonly name: string;
  readonly column: Column;
  /** The text's MD5 stands for it, so that a row's text fits a VARCHAR. */
  readonly digested: boolean;
  /** In how many parts long values are hashed; with pieces, a value too long for its column is in `_raw`. */
  readonly parts: Parts;
}

export const BAR = "|";
/** A bar within a text. */
export const BAR_TEXT = "|.";
export const NULL_TEXT = "|~";
export const SEPARATOR = "|,";
/** Between the parts of a row's name: numbers, and `_key`, which is hex. */
export const KEY_SEPARATOR = "|";
/** Longest JSON that is read as VARCHAR; longer documents are hashed in slices of their bytes. */
export const MAX_JSON_TEXT = MAX_VARCHAR;
/** JSON_SERIALIZE of the JSON value null and of SQL's NULL cannot be told apart in Redshift: both are NULL. */
export const JSON_NULL = "null";

const DIGEST_WIDTH = 32;
/** Room for a row's text in a VARCHAR, less the separators and some air. */
const ROOM = 60_000;
/** Cells wider than this are digested; the first under which the whole row fits is taken. */
const THRESHOLDS = [8_192, 1_024, 128, DIGEST_WIDTH];

/** How each cell of a table's rows is written. */
export function cellForms(table: AnyTable): readonly CellForm[] {
  const columns = Object.entries(table.columns);
  const widths = columns.map(([, { type }]) => widthOf(type));
  const fits = (threshold: number): boolean =>
    widths.reduce((sum, width) => sum + 1 + (width > threshold ? DIGEST_WIDTH : width), 0) <= ROOM;
  const threshold = THRESHOLDS.find(fits) ?? 0;
  const digested = new Set(
    columns.filter(({ 1: { type } }, i) => type.kind === "json" || (widths[i] ?? 0) > threshold).map(([name]) => name),
  );
  const parts = partsOf(table, (name) => digested.has(name));
  return columns.map(([name, column]) => ({
    ...{ name, column, digested: digested.has(name) },
    parts: parts.get(name) ?? { slices: 0, pieces: 0 },
  }));
}

/** Longest text of a cell in bytes. */
function widthOf(type: ColumnType): number {
  const held = warehouseType(type);
  switch (held.name) {
    case "VARCHAR":
      return held.bytes;
    case "VARBYTE":
      return held.bytes * 2;
    case "NUMERIC":
      return held.precision + 3;
    case "SUPER":
      return DIGEST_WIDTH;
    default:
      return 48;
  }
}

/** Powers of two between which floats are cut into whole numbers, see floatSteps. */
export const STEP = 60;

/**
 * A float as text, exactly and by operations that every IEEE machine rounds alike: the step `k` with
 * `2^(60k) <= |x| < 2^(60(k+1))`, then the whole part of `y = |x| / 2^(60k)` and its fraction times 2^53, both whole
 * numbers: `<whole>.<fraction>e<k>`. Casts to text will not do: Redshift prints floats with fewer digits than they have.
 */
export interface FloatStep {
  readonly k: number;
  /** `y = |x| * times[0] * times[1]`; powers of two, so that nothing is rounded. */
  readonly times: readonly [number, number];
  /** First |x| beyond this step. */
  readonly below: number;
}

/** The steps from small to large; the last takes what is left. */
export function floatSteps(bits: 32 | 64): readonly FloatStep[] {
  const [lowest, highest] = bits === 32 ? [-3, 2] : [-18, 17];
  const steps: FloatStep[] = [];
  for (let k = lowest; k <= highest; k++) {
    const exponent = STEP * k;
    // 2^1080 is no float64.
    const times = exponent < -1020 ? ([2 ** 540, 2 ** -(exponent + 540)] as const) : ([2 ** -exponent, 1] as const);
    const below = k === 17 ? Number.POSITIVE_INFINITY : 2 ** (exponent + STEP);
    steps.push({ k, times, below });
  }
  return steps;
}

/** What fractions are multiplied by: as many bits as they can have. */
export const FRACTION = 2 ** 53;
