import { defineDimension } from "../../model/dimension.ts";
import { productlines } from "../../sources/classicmodels/productlines.ts";
import { products } from "../../sources/classicmodels/products.ts";

export const product = defineDimension({
  name: "product",
  comment: "Products with their line, a row per stretch of time in which nothing tracked changed.",
  root: products,
  joins: { line: { table: productlines, on: { product_line: "product_line" } } },
  attributes: {
    product_name: "product_name",
    product_line: "product_line",
    product_line_description: { from: "line.text_description", comment: "Catalogue text of the product line." },
    product_scale: "product_scale",
    product_vendor: "product_vendor",
    product_description: "product_description",
    quantity_in_stock: { from: "quantity_in_stock", comment: "Units in stock now; not tracked." },
    buy_price: "buy_price",
    msrp: "msrp",
  },
  // Stock moves with every sale: versions of it would bury those that mean something.
  untracked: ["quantity_in_stock"],
});
