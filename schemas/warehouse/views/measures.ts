import type { ColumnInput, ColumnsOf } from "../../model/view.ts";
import type { sales } from "../facts/sales.ts";

/** For comments: what every amount is measured in, and when a day begins. */
export const UNITS = "Amounts in USD; days are those of the source, without a time zone.";

/** Status of orders that do not count as net. */
const CANCELLED = "'Cancelled'";

/** Of `value`, what belongs to orders that are not cancelled. */
export const notCancelled = (status: string, value: string): string =>
  `CASE WHEN ${status} = ${CANCELLED} THEN 0 ELSE ${value} END`;
/** Of `value`, what belongs to cancelled orders. */
export const cancelled = (status: string, value: string): string =>
  `CASE WHEN ${status} = ${CANCELLED} THEN ${value} ELSE 0 END`;

/** NULL rather than a division by zero. */
export const ratio = (part: string, whole: string, digits: number): string =>
  `ROUND(CAST(${part} AS NUMERIC(38, 6)) / NULLIF(${whole}, 0), ${digits})`;

/** The measures of sales, the same wherever order lines are grouped. */
export function salesMeasures(f: ColumnsOf<typeof sales>): Readonly<Record<string, ColumnInput>> {
  const net = `SUM(${notCancelled(f.status, f.gross_amount)})`;
  const margin = `SUM(${notCancelled(f.status, `${f.gross_amount} - ${f.cost_amount}`)})`;
  const orders = `COUNT(DISTINCT ${f.order_number})`;
  return {
    orders: [orders, "Distinct orders, cancelled ones included."],
    units: [`SUM(${f.quantity})`, "Units ordered, cancelled orders included."],
    gross_revenue: [`SUM(${f.gross_amount})`, "Quantity times unit price of all orders placed, USD."],
    cancelled_revenue: [`SUM(${cancelled(f.status, f.gross_amount)})`, "Gross revenue of cancelled orders, USD."],
    net_revenue: [net, "Gross less cancelled, USD."],
    gross_margin: [margin, "Net revenue less cost at the buy price valid on the order's day, USD."],
    gross_margin_rate: [ratio(margin, net, 4), "Gross margin divided by net revenue."],
    average_order_value: [ratio(net, orders, 2), "Net revenue divided by orders, USD."],
    units_per_order: [ratio(`SUM(${f.quantity})`, orders, 2), "Units divided by orders."],
  };
}
