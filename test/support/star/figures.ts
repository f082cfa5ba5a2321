import type { DumpRow } from "./dump.ts";

/** Figures worked out from the source's rows with plain loops: what the views must say. */
export interface SalesFigures {
  readonly orders: number;
  readonly units: number;
  readonly gross: number;
  readonly cancelled: number;
  readonly net: number;
  readonly margin: number;
}

type Rows = ReadonlyMap<string, readonly DumpRow[]>;

export interface Line {
  readonly order: DumpRow;
  readonly customer: DumpRow;
  readonly product: DumpRow;
  readonly units: number;
  /** Cents. */
  readonly gross: number;
  readonly cost: number;
}

const cents = (text: string | null | undefined): number => Math.round(Number(text) * 100);
/** Cents as the warehouse writes an amount. */
export const amount = (value: number): string => (value / 100).toFixed(2);
export const isCancelled = (order: DumpRow): boolean => order["status"] === "Cancelled";
/** `2003-01` */
export const monthOf = (date: string | null | undefined): string => String(date).slice(0, 7);

function byKey(rows: readonly DumpRow[], key: string): ReadonlyMap<string, DumpRow> {
  return new Map(rows.map((row) => [String(row[key]), row]));
}

/** Order lines with what they belong to. */
export function linesOf(dump: Rows): readonly Line[] {
  const orders = byKey(dump.get("orders") ?? [], "order_number");
  const customers = byKey(dump.get("customers") ?? [], "customer_number");
  const products = byKey(dump.get("products") ?? [], "product_code");
  return (dump.get("orderdetails") ?? []).map((line) => {
    const order = orders.get(String(line["order_number"])) ?? {};
    const product = products.get(String(line["product_code"])) ?? {};
    const units = Number(line["quantity_ordered"]);
    return {
      order,
      product,
      customer: customers.get(String(order["customer_number"])) ?? {},
      units,
      gross: units * cents(line["price_each"]),
      cost: units * cents(product["buy_price"]),
    };
  });
}

/** Groups as Map.groupBy does, with text keys. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

export function salesFigures(lines: readonly Line[]): SalesFigures {
  const kept = lines.filter(({ order }) => !isCancelled(order));
  const sum = (list: readonly Line[], of: (line: Line) => number): number =>
    list.reduce((all, line) => all + of(line), 0);
  const gross = sum(lines, (line) => line.gross);
  const net = sum(kept, (line) => line.gross);
  return {
    orders: new Set(lines.map(({ order }) => order["order_number"])).size,
    units: sum(lines, (line) => line.units),
    gross,
    net,
    cancelled: gross - net,
    margin: net - sum(kept, (line) => line.cost),
  };
}

/** Whole days between two dates. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** Percentile with linear interpolation between the two nearest. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const low = sorted[Math.floor(place)] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? NaN;
  return low + (high - low) * (place - Math.floor(place));
}

export { cents };
