import { column, decimal, int, smallint, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const orderdetails = defineTable({
  area: classicmodels,
  name: "orderdetails",
  comment: "Order lines: one product of one order.",
  columns: {
    order_number: column("orderNumber", int(), { comment: "Order the line belongs to." }),
    product_code: column("productCode", varchar(15), { comment: "Product ordered." }),
    quantity_ordered: column("quantityOrdered", int(), { comment: "Units ordered." }),
    price_each: column("priceEach", decimal(10, 2), { comment: "Price per unit, USD." }),
    order_line_number: column("orderLineNumber", smallint(), { comment: "Position of the line in the order." }),
  },
  key: ["order_number", "product_code"],
  distribution: "order_number",
});
