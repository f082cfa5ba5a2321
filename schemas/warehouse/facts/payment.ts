import { defineFact } from "../../model/fact.ts";
import { payments } from "../../sources/classicmodels/payments.ts";
import { customer } from "../dimensions/customer.ts";
import { ofCustomer } from "./of-customer.ts";

export const payment = defineFact({
  name: "payment",
  comment: "Payments received, not tied to single orders; dimensions as of the payment's day. Amounts in USD.",
  root: payments,
  grain: ["customer_number", "check_number"],
  asOf: "payment_date",
  members: {
    customer_key: { dimension: customer, on: { customer_number: "customer_number" } },
    ...ofCustomer,
  },
  days: { payment_date_key: "payment_date" },
  columns: { amount: "amount" },
});
