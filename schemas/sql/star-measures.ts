import type { ColumnType } from "../model/column.ts";
import type { AnyFact, Measure } from "../model/fact.ts";
import type { WarehouseType } from "../types/warehouse.ts";
import { warehouseType } from "../types/warehouse.ts";
import { identifier } from "./quote.ts";
import { resolveInFact, resolveInPart } from "./star-references.ts";

const MOST_DIGITS = 38;
const INTEGER_DIGITS: Readonly<Record<string, number>> = { SMALLINT: 5, INTEGER: 10, BIGINT: 19 };

/** Digits of a number's type. @throws TypeError for what is no exact number: no money in floats */
function digits(type: ColumnType): { readonly precision: number; readonly scale: number } {
  const held = warehouseType(type);
  if (held.name === "NUMERIC") return held;
  const precision = INTEGER_DIGITS[held.name];
  if (precision === undefined) throw new TypeError(`${type.kind} cannot be summed or multiplied exactly`);
  return { precision, scale: 0 };
}

function productType(a: ColumnType, b: ColumnType): WarehouseType {
  const [x, y] = [digits(a), digits(b)];
  const precision = Math.min(x.precision + y.precision, MOST_DIGITS);
  return { name: "NUMERIC", precision, scale: x.scale + y.scale };
}

const partType = (fact: AnyFact, reference: string): ColumnType => resolveInPart(fact, reference).column.type;

/** Warehouse type of a measure, wide enough for every value that it can have. */
export function measureType(fact: AnyFact, measure: Measure): WarehouseType {
  if ("from" in measure) return warehouseType(resolveInFact(fact, measure.from).column.type);
  if ("product" in measure) {
    const [a, b] = measure.product;
    return productType(resolveInFact(fact, a).column.type, resolveInFact(fact, b).column.type);
  }
  if ("days" in measure) return { name: "INTEGER" };
  if ("count" in measure) return { name: "BIGINT" };
  if (typeof measure.sum !== "string") {
    const [a, b] = measure.sum;
    const { scale } = digits(partType(fact, a));
    return { name: "NUMERIC", precision: MOST_DIGITS, scale: scale + digits(partType(fact, b)).scale };
  }
  const { scale } = digits(partType(fact, measure.sum));
  return scale === 0 ? { name: "BIGINT" } : { name: "NUMERIC", precision: MOST_DIGITS, scale };
}

/** The measure's own comment, or that of the column it is taken from. */
export function measureComment(fact: AnyFact, measure: Measure): string {
  if (!("from" in measure)) return measure.comment;
  return measure.comment ?? resolveInFact(fact, measure.from).column.comment;
}

/** References that a measure needs in the fact's own FROM; parts are joined by themselves. */
export function measureReferences(measure: Measure): readonly string[] {
  if ("from" in measure) return [measure.from];
  if ("product" in measure) return measure.product;
  if ("days" in measure) return measure.days;
  return [];
}

/** The part that a measure is computed over, or null. */
export function measurePart(measure: Measure): string | null {
  if ("count" in measure) return measure.count;
  if (!("sum" in measure)) return null;
  const first = typeof measure.sum === "string" ? measure.sum : measure.sum[0];
  return first.slice(0, first.indexOf("."));
}

/** Aggregate over the rows of a part whose columns have the alias `c`. */
export function partAggregate(fact: AnyFact, measure: Measure): string {
  if ("count" in measure) return "COUNT(*)";
  if (!("sum" in measure)) throw new TypeError(`fact ${fact.name}: no aggregate`);
  const factors = typeof measure.sum === "string" ? [measure.sum] : measure.sum;
  const columns = factors.map((reference) => `c.${identifier(resolveInPart(fact, reference).name)}`);
  return `SUM(${columns.join(" * ")})`;
}
