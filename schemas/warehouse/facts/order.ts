import { defineFact } from "../../model/fact.ts";
import { orderdetails } from "../../sources/classicmodels/orderdetails.ts";
import { orders } from "../../sources/classicmodels/orders.ts";
import { customer } from "../dimensions/customer.ts";
import { ofCustomer } from "./of-customer.ts";

export const order = defineFact({
  name: "order",
  comment: "Orders with their milestones (accumulating snapshot), cancelled ones included. Amounts in USD.",
  root: orders,
  parts: { lines: { table: orderdetails, on: { order_number: "order_number" } } },
  grain: ["order_number"],
  asOf: "order_date",
  members: {
    customer_key: { dimension: customer, on: { customer_number: "customer_number" } },
    ...ofCustomer,
  },
  days: {
    order_date_key: "order_date",
    required_date_key: "required_date",
    shipped_date_key: "shipped_date",
  },
  columns: {
    status: "status",
    lines: { count: "lines", comment: "Order lines." },
    quantity: { sum: "lines.quantity_ordered", comment: "Units ordered." },
    gross_amount: {
      sum: ["lines.quantity_ordered", "lines.price_each"],
      comment: "Quantity times unit price over the lines, USD.",
    },
    lead_days: { days: ["order_date", "shipped_date"], comment: "Days from order to shipping; NULL until shipped." },
    late_days: {
      days: ["required_date", "shipped_date"],
      comment: "Days from the day asked for to shipping; above 0 is late, NULL until shipped.",
    },
  },
});
