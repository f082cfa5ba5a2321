import { column, date, int, nullable, text, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const orders = defineTable({
  area: classicmodels,
  name: "orders",
  comment: "Sales orders.",
  columns: {
    order_number: column("orderNumber", int(), { comment: "Key of the order." }),
    order_date: column("orderDate", date(), { comment: "Day the order was placed." }),
    required_date: column("requiredDate", date(), { comment: "Day the customer asked for." }),
    shipped_date: nullable("shippedDate", date(), { comment: "Day of shipping; NULL until shipped." }),
    status: column("status", varchar(15), {
      comment: "Shipped, In Process, Cancelled, Resolved, On Hold or Disputed.",
    }),
    comments: nullable("comments", text(), { comment: "Remarks." }),
    customer_number: column("customerNumber", int(), { comment: "Customer who ordered." }),
  },
  key: ["order_number"],
});
