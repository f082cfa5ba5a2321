import { defineFact } from "../../model/fact.ts";
import { orderdetails } from "../../sources/classicmodels/orderdetails.ts";
import { orders } from "../../sources/classicmodels/orders.ts";
import { customer } from "../dimensions/customer.ts";
import { product } from "../dimensions/product.ts";
import { ofCustomer } from "./of-customer.ts";

export const sales = defineFact({
  name: "sales",
  comment: "Order lines, cancelled ones included; dimensions as of the order's day. Amounts in USD.",
  root: orderdetails,
  joins: { order: { table: orders, on: { order_number: "order_number" } } },
  grain: ["order_number", "product_code"],
  asOf: "order.order_date",
  members: {
    product_key: { dimension: product, on: { product_code: "product_code" } },
    customer_key: { dimension: customer, on: { customer_number: "order.customer_number" } },
    ...ofCustomer,
  },
  days: {
    order_date_key: "order.order_date",
    required_date_key: "order.required_date",
    shipped_date_key: "order.shipped_date",
  },
  columns: {
    order_line_number: "order_line_number",
    status: { from: "order.status", comment: "Status of the order." },
    quantity: "quantity_ordered",
    unit_price: "price_each",
    unit_cost: { from: "product_key.buy_price", comment: "Buy price of the product as of the order's day, USD." },
    gross_amount: { product: ["quantity_ordered", "price_each"], comment: "Quantity times unit price, USD." },
    cost_amount: { product: ["quantity_ordered", "product_key.buy_price"], comment: "Quantity times unit cost, USD." },
  },
});
