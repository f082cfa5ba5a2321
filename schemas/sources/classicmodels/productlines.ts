import { column, mediumblob, mediumtext, nullable, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const productlines = defineTable({
  area: classicmodels,
  name: "productlines",
  comment: "Product lines: the categories that products belong to.",
  columns: {
    product_line: column("productLine", varchar(50), { comment: "Name of the line; its key." }),
    text_description: nullable("textDescription", varchar(4000), { comment: "Plain text for the catalogue." }),
    html_description: nullable("htmlDescription", mediumtext(), { comment: "HTML for the catalogue." }),
    image: nullable("image", mediumblob(), { comment: "Picture of the line." }),
  },
  key: ["product_line"],
  distribution: "all",
});
