import type { AnyDimension } from "../model/dimension.ts";
import type { AnyFact } from "../model/fact.ts";
import type { AnyTable } from "../model/table.ts";
import { customer } from "./dimensions/customer.ts";
import { employee } from "./dimensions/employee.ts";
import { location } from "./dimensions/location.ts";
import { product } from "./dimensions/product.ts";
import { order } from "./facts/order.ts";
import { payment } from "./facts/payment.ts";
import { sales } from "./facts/sales.ts";

/** What build-star computes. dim_date stands beside it: it has no source. */
export interface Star {
  readonly dimensions: readonly AnyDimension[];
  readonly facts: readonly AnyFact[];
}

export const star: Star = { dimensions: [product, customer, employee, location], facts: [sales, order, payment] };

/** Tables that a dimension or fact is computed from. */
export function tablesOf(definition: AnyDimension | AnyFact): readonly AnyTable[] {
  const parts = "parts" in definition ? Object.values(definition.parts) : [];
  const joined = [...Object.values(definition.joins), ...parts].map((join) => join.table);
  return [...new Set([definition.root, ...joined])];
}

/** Every table that some dimension or fact of the star reads. */
export function starTables(of: Star = star): readonly AnyTable[] {
  return [...new Set([...of.dimensions, ...of.facts].flatMap(tablesOf))];
}
