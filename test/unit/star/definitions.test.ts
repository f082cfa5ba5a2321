import { describe, expect, it } from "@jest/globals";
import { defineDimension, defineValues } from "../../../schemas/model/dimension.ts";
import { defineFact } from "../../../schemas/model/fact.ts";
import { column, int, varchar } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { employees } from "../../../schemas/sources/classicmodels/employees.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orderdetails } from "../../../schemas/sources/classicmodels/orderdetails.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { products } from "../../../schemas/sources/classicmodels/products.ts";
import { product } from "../../../schemas/warehouse/dimensions/product.ts";
import { sales } from "../../../schemas/warehouse/facts/sales.ts";

const area = { name: "test", database: "test" };
const log = defineTable({ area, name: "log", comment: "", columns: { line: column("line", varchar(9)) }, key: "none" });
const named = { name: "x", comment: "" };

/** Never called: each marked line must be refused by the compiler, or `tsc` reports the unused marker. */
export function mistakes(): void {
  // @ts-expect-error no such column in the table
  defineTable({ area, ...named, columns: { id: column("id", int()) }, key: ["idd"] });
  // @ts-expect-error no such column in products
  defineDimension({ ...named, root: products, attributes: { a: "product_nam" } });
  defineDimension({
    ...named,
    root: employees,
    joins: { office: { table: offices, on: { office_code: "office_code" } } },
    // @ts-expect-error no such column in the joined table
    attributes: { a: "office.town" },
  });
  defineDimension({
    ...named,
    root: employees,
    // @ts-expect-error the join leaves the key of orderdetails uncovered
    joins: { lines: { table: orderdetails, on: { order_number: "employee_number" } } },
    attributes: {},
  });
  defineDimension({
    ...named,
    root: employees,
    // @ts-expect-error no such column at the root
    joins: { office: { table: offices, on: { office_code: "office" } } },
    attributes: {},
  });
  // @ts-expect-error untracked names no attribute
  defineDimension({ ...named, root: products, attributes: { a: "msrp" }, untracked: ["b"] });
  // @ts-expect-error no such column in offices
  defineValues({ ...named, root: offices, attributes: ["town"] });

  const right = {
    ...named,
    root: orderdetails,
    joins: { order: { table: orders, on: { order_number: "order_number" } } },
    grain: ["order_number", "product_code"],
    asOf: "order.order_date",
    members: { product_key: { dimension: product, on: { product_code: "product_code" } } },
    days: { day_key: "order.order_date" },
    columns: { cost: "product_key.buy_price" },
  } as const;
  defineFact(right);
  // @ts-expect-error no such column in a grain
  defineFact({ ...right, grain: ["order_number", "product"] });
  // @ts-expect-error no such as-of column
  defineFact({ ...right, asOf: "order.date" });
  // @ts-expect-error the natural key of product is not covered
  defineFact({ ...right, members: { product_key: { dimension: product, on: {} } } });
  // @ts-expect-error no such reference for a member
  defineFact({ ...right, members: { product_key: { dimension: product, on: { product_code: "code" } } } });
  // @ts-expect-error no such day
  defineFact({ ...right, days: { day_key: "order.orderdate" } });
  // @ts-expect-error no such attribute
  defineFact({ ...right, columns: { cost: "product_key.price" } });
  // @ts-expect-error an untracked attribute would change under the fact
  defineFact({ ...right, columns: { stock: "product_key.quantity_in_stock" } });
  // @ts-expect-error no such column in a product
  defineFact({ ...right, columns: { gross: { product: ["quantity", "price_each"], comment: "" } } });
}

describe("definitions of the star", () => {
  it("puts the natural key first and keeps the source's names", () => {
    expect(Object.keys(product.attributes).slice(0, 2)).toEqual(["product_code", "product_name"]);
    expect(product.natural).toEqual(["product_code"]);
  });

  it("knows every column of a fact", () => {
    expect(sales.names).toContain("order_date_key");
    expect(sales.names.slice(0, 1)).toEqual(["product_key"]);
  });

  it("refuses a dimension over a table without a key", () => {
    expect(() => defineDimension({ ...named, root: log, attributes: {} })).toThrow("has no key");
  });

  it("refuses a grain that is only a part of the key", () => {
    expect(() =>
      defineFact({
        ...named,
        root: orderdetails,
        grain: ["order_number"],
        asOf: "order_number",
        members: {},
        days: {},
        columns: {},
      }),
    ).toThrow("must be the key of orderdetails");
  });
});
