import { calendar } from "../../model/calendar.ts";
import { defineView } from "../../model/view.ts";
import { customer } from "../dimensions/customer.ts";
import { order } from "../facts/order.ts";
import { payment } from "../facts/payment.ts";
import { notCancelled, ratio, UNITS } from "./measures.ts";

/** Customers are counted by number, not by surrogate key: one customer has several versions. */
export const customersByMonth = defineView({
  name: "kpi_customers_by_month",
  comment: `Customers who ordered, new or returning, by month; cancelled orders count as orders. ${UNITS}`,
  sources: { f: order, c: customer, d: calendar, g: order, h: customer, e: calendar },
  define: ({ f, c, d, g, h, e }) => ({
    columns: {
      year: ["o.year", "Year of the orders."],
      month_number: ["o.month_number", "Month of the orders, 1 to 12."],
      customers: ["COUNT(*)", "Customers who ordered in the month."],
      new_customers: [
        "SUM(CASE WHEN o.month = b.month THEN 1 ELSE 0 END)",
        "Of them, those whose first-ever order is in the month.",
      ],
      returning_customers: [
        "SUM(CASE WHEN o.month > b.month THEN 1 ELSE 0 END)",
        "Of them, those who ordered in an earlier month.",
      ],
    },
    from: `FROM (
  SELECT DISTINCT ${c.customer_number}, ${d.year}, ${d.month_number}, ${d.year} * 100 + ${d.month_number} AS month
  FROM ${f.$}
  JOIN ${c.$} ON ${c.$key} = ${f.customer_key}
  JOIN ${d.$} ON ${d.$key} = ${f.order_date_key}
) o
JOIN (
  SELECT ${h.customer_number}, MIN(${e.year} * 100 + ${e.month_number}) AS month
  FROM ${g.$}
  JOIN ${h.$} ON ${h.$key} = ${g.customer_key}
  JOIN ${e.$} ON ${e.$key} = ${g.order_date_key}
  GROUP BY ${h.customer_number}
) b ON b.customer_number = o.customer_number
GROUP BY o.year, o.month_number`,
  }),
});

export const customerValue = defineView({
  name: "kpi_customer_value",
  comment: `Lifetime value of each customer: net revenue, orders and payments so far. ${UNITS}`,
  sources: { c: customer, f: order, g: customer, p: payment, h: customer },
  define: ({ c, f, g, p, h }) => ({
    columns: {
      customer_number: [c.customer_number, "Key of the customer."],
      customer_name: [c.customer_name, "Company name now."],
      country: [c.country, "Country now."],
      orders: ["COALESCE(o.orders, 0)", "Orders placed, cancelled ones included."],
      gross_revenue: ["COALESCE(o.gross_revenue, 0)", "Quantity times unit price of all orders placed, USD."],
      lifetime_value: ["COALESCE(o.net_revenue, 0)", "Gross revenue less cancelled, USD."],
      first_order_date_key: ["o.first_order_date_key", "Day of the first order; NULL without any."],
      last_order_date_key: ["o.last_order_date_key", "Day of the latest order; NULL without any."],
      payments: ["COALESCE(y.amount, 0)", "Payments received, USD."],
    },
    from: `FROM ${c.$}
LEFT JOIN (
  SELECT ${g.customer_number}, COUNT(*) AS orders, SUM(${f.gross_amount}) AS gross_revenue,
    SUM(${notCancelled(f.status, f.gross_amount)}) AS net_revenue,
    MIN(NULLIF(${f.order_date_key}, -1)) AS first_order_date_key,
    MAX(NULLIF(${f.order_date_key}, -1)) AS last_order_date_key
  FROM ${f.$}
  JOIN ${g.$} ON ${g.$key} = ${f.customer_key}
  GROUP BY ${g.customer_number}
) o ON o.customer_number = ${c.customer_number}
LEFT JOIN (
  SELECT ${h.customer_number}, SUM(${p.amount}) AS amount
  FROM ${p.$}
  JOIN ${h.$} ON ${h.$key} = ${p.customer_key}
  GROUP BY ${h.customer_number}
) y ON y.customer_number = ${c.customer_number}
WHERE ${c.is_current} AND ${c.customer_number} IS NOT NULL`,
  }),
});

export const repeatRate = defineView({
  name: "kpi_repeat_rate",
  comment: "Customers with two or more orders among those with any; cancelled orders count as orders.",
  sources: { f: order, c: customer },
  define: ({ f, c }) => {
    const repeating = "SUM(CASE WHEN o.orders >= 2 THEN 1 ELSE 0 END)";
    return {
      columns: {
        customers: ["COUNT(*)", "Customers with an order."],
        repeat_customers: [repeating, "Of them, those with two or more."],
        repeat_rate: [ratio(repeating, "COUNT(*)", 4), "Repeat customers divided by customers."],
      },
      from: `FROM (
  SELECT ${c.customer_number}, COUNT(*) AS orders
  FROM ${f.$}
  JOIN ${c.$} ON ${c.$key} = ${f.customer_key}
  WHERE ${c.customer_number} IS NOT NULL
  GROUP BY ${c.customer_number}
) o`,
    };
  },
});

export const paymentsByMonth = defineView({
  name: "kpi_payments_by_month",
  comment: `Payments by the month they were received. ${UNITS}`,
  sources: { f: payment, d: calendar },
  define: ({ f, d }) => ({
    columns: {
      year: [d.year, "Year of the payments."],
      month_number: [d.month_number, "Month of the payments, 1 to 12."],
      payments: ["COUNT(*)", "Payments received."],
      amount: [`SUM(${f.amount})`, "Amount received, USD."],
    },
    from: `FROM ${f.$}\nJOIN ${d.$} ON ${d.$key} = ${f.payment_date_key}\nGROUP BY ${d.year}, ${d.month_number}`,
  }),
});
