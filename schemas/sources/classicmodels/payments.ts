import { column, date, decimal, int, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const payments = defineTable({
  area: classicmodels,
  name: "payments",
  comment: "Payments received from customers; not tied to single orders.",
  columns: {
    customer_number: column("customerNumber", int(), { comment: "Customer who paid." }),
    check_number: column("checkNumber", varchar(50), { comment: "Number of the check." }),
    payment_date: column("paymentDate", date(), { comment: "Day of the payment." }),
    amount: column("amount", decimal(10, 2), { comment: "Amount paid, USD." }),
  },
  key: ["customer_number", "check_number"],
  distribution: "customer_number",
});
