import { defineFact } from "../../model/fact.ts";
import { payments } from "../../sources/classicmodels/payments.ts";
import { customer } from "../dimensions/customer.ts";
import { employee } from "../dimensions/employee.ts";
import { location } from "../dimensions/location.ts";

export const payment = defineFact({
  name: "payment",
  comment: "Payments received, not tied to single orders; dimensions as of the payment's day. Amounts in USD.",
  root: payments,
  grain: ["customer_number", "check_number"],
  asOf: "payment_date",
  members: {
    customer_key: { dimension: customer, on: { customer_number: "customer_number" } },
    employee_key: { dimension: employee, on: { employee_number: "customer_key.sales_rep_employee_number" } },
    location_key: {
      dimension: location,
      on: {
        city: "customer_key.city",
        state: "customer_key.state",
        postal_code: "customer_key.postal_code",
        country: "customer_key.country",
      },
    },
  },
  days: { payment_date_key: "payment_date" },
  columns: { amount: "amount" },
});
