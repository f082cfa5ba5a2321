import { calendar } from "../../model/calendar.ts";
import { defineView } from "../../model/view.ts";
import type { ColumnInput, ColumnsOf } from "../../model/view.ts";
import { order } from "../facts/order.ts";
import { cancelled, ratio, UNITS } from "./measures.ts";

function fulfilment(f: ColumnsOf<typeof order>): Readonly<Record<string, ColumnInput>> {
  const days = `CAST(${f.lead_days} AS DOUBLE PRECISION)`;
  const percentile = (part: number): string => `PERCENTILE_CONT(${part}) WITHIN GROUP (ORDER BY ${days})`;
  const off = `SUM(${cancelled(f.status, "1")})`;
  const onTime = `SUM(CASE WHEN ${f.late_days} <= 0 THEN 1 ELSE 0 END)`;
  return {
    orders: ["COUNT(*)", "Orders placed, cancelled ones included."],
    cancelled_orders: [off, "Orders cancelled."],
    cancellation_rate: [ratio(off, "COUNT(*)", 4), "Cancelled orders divided by orders placed."],
    shipped_orders: [`COUNT(${f.lead_days})`, "Orders shipped."],
    lead_days_p50: [percentile(0.5), "Median of the days from order to shipping."],
    lead_days_p95: [percentile(0.95), "95th percentile of the days from order to shipping."],
    on_time_rate: [ratio(onTime, `COUNT(${f.late_days})`, 4), "Shipped by the day asked for, divided by shipped."],
  };
}

export const orderFulfilment = defineView({
  name: "kpi_fulfilment",
  comment: `Cancellations and shipping in one row. ${UNITS}`,
  sources: { f: order },
  define: ({ f }) => ({ columns: fulfilment(f), from: `FROM ${f.$}` }),
});

export const fulfilmentByMonth = defineView({
  name: "kpi_fulfilment_by_month",
  comment: `Cancellations and shipping by the month of the order. ${UNITS}`,
  sources: { f: order, d: calendar },
  define: ({ f, d }) => ({
    columns: {
      year: [d.year, "Year of the order."],
      month_number: [d.month_number, "Month of the order, 1 to 12."],
      ...fulfilment(f),
    },
    from: `FROM ${f.$}\nJOIN ${d.$} ON ${d.$key} = ${f.order_date_key}\nGROUP BY ${d.year}, ${d.month_number}`,
  }),
});

export const ordersByStatus = defineView({
  name: "kpi_orders_by_status",
  comment: `Orders and gross revenue by status, cancelled ones among them. ${UNITS}`,
  sources: { f: order },
  define: ({ f }) => ({
    columns: {
      status: [f.status, "Status of the orders."],
      orders: ["COUNT(*)", "Orders."],
      gross_revenue: [`SUM(${f.gross_amount})`, "Quantity times unit price, USD."],
    },
    from: `FROM ${f.$}\nGROUP BY ${f.status}`,
  }),
});
