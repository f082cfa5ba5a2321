import { column, decimal, smallint, text, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const products = defineTable({
  area: classicmodels,
  name: "products",
  comment: "Scale models on sale.",
  columns: {
    product_code: column("productCode", varchar(15), { comment: "Key of the product." }),
    product_name: column("productName", varchar(70), { comment: "Name shown to customers." }),
    product_line: column("productLine", varchar(50), { comment: "Line the product belongs to." }),
    product_scale: column("productScale", varchar(10), { comment: "Scale of the model, e.g. 1:10." }),
    product_vendor: column("productVendor", varchar(50), { comment: "Maker of the model." }),
    product_description: column("productDescription", text(), { comment: "Text for the catalogue." }),
    quantity_in_stock: column("quantityInStock", smallint(), { comment: "Units in stock." }),
    buy_price: column("buyPrice", decimal(10, 2), { comment: "Price paid to the vendor per unit, USD." }),
    msrp: column("MSRP", decimal(10, 2), { comment: "Manufacturer's suggested retail price, USD." }),
  },
  key: ["product_code"],
});
