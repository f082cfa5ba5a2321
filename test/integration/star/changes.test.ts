import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { customers } from "../../../schemas/sources/classicmodels/customers.ts";
import { employees } from "../../../schemas/sources/classicmodels/employees.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orderdetails } from "../../../schemas/sources/classicmodels/orderdetails.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { productlines } from "../../../schemas/sources/classicmodels/productlines.ts";
import { products } from "../../../schemas/sources/classicmodels/products.ts";
import { ANCHOR, change } from "../../support/star/classicmodels.ts";
import { startPostgres } from "../../support/star/postgres.ts";
import type { TestPostgres } from "../../support/star/postgres.ts";
import { TestWarehouse } from "../../support/star/warehouse.ts";
import type { HistoryRow } from "../../support/star/warehouse.ts";

type Row = HistoryRow["row"];

const car: Row = {
  product_code: "S1",
  product_name: "Car",
  product_line: "Cars",
  quantity_in_stock: 9,
  buy_price: "5.00",
};
const line: Row = {
  order_number: 1,
  product_code: "S1",
  quantity_ordered: 3,
  price_each: "10.00",
  order_line_number: 1,
};
const order: Row = { order_number: 1, order_date: "2026-03-05", status: "In Process", customer_number: 103 };
const shop: Row = {
  customer_number: 103,
  customer_name: "Shop",
  city: "Nantes",
  state: null,
  postal_code: "44000",
  country: "France",
  sales_rep_employee_number: 7,
};
const seller: Row = {
  employee_number: 7,
  last_name: "Ng",
  first_name: "A",
  office_code: "4",
  reports_to: 8,
  email: "a@x",
};
const boss: Row = {
  employee_number: 8,
  last_name: "Bo",
  first_name: "B",
  office_code: "4",
  reports_to: null,
  email: "b@x",
};
const office: Row = { office_code: "4", city: "Paris", country: "France", territory: "EMEA" };
const cars: Row = { product_line: "Cars", text_description: "old" };

const read = (table: HistoryRow["table"], row: Row, capturedAt = "2026-03-01 00:00:05"): HistoryRow => ({
  table,
  op: "r",
  version: ANCHOR,
  commitAt: "2026-03-01 00:00:00",
  capturedAt,
  row,
});
const everything = [
  read(productlines, cars),
  read(products, car),
  read(offices, office),
  read(employees, seller),
  read(employees, boss),
  read(customers, shop),
  read(orders, order),
  read(orderdetails, line),
];

describe("changes in the star", () => {
  let postgres: TestPostgres;
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    postgres = await startPostgres();
    warehouse = new TestWarehouse(postgres.client);
    await warehouse.create();
  }, 120_000);
  beforeEach(async () => {
    await warehouse.clear();
    await warehouse.load(everything);
    await warehouse.build();
  });
  afterAll(async () => postgres.stop());

  const arrive = async (...rows: HistoryRow[]): Promise<void> => {
    await warehouse.load(rows);
    await warehouse.build();
  };
  const sale = async (): Promise<Record<string, unknown> | undefined> => {
    const rows = await warehouse.rows<Record<string, unknown>>(
      `SELECT f.*, p.product_line, p.product_line_description, p.valid_from::text, c.customer_name, l.city, e.office_city, e.supervisor_last_name
       FROM mart.fact_sales f JOIN mart.dim_product p USING (product_key) JOIN mart.dim_customer c USING (customer_key)
       JOIN mart.dim_location l USING (location_key) JOIN mart.dim_employee e USING (employee_key)`,
    );
    expect(rows.length).toBeLessThan(2);
    return rows[0];
  };
  const versions = async (name: string, key: string): Promise<unknown[]> =>
    warehouse.rows(
      `SELECT ${key} AS value, valid_from::text AS since, is_current, is_deleted FROM mart.dim_${name} WHERE ${name}_key > 0 ORDER BY valid_from`,
    );

  it("a status changes the lines of its order, and opens nothing", async () => {
    await arrive(
      change(orders, "u", 10, "2026-03-06 00:00:00", { ...order, status: "Shipped", shipped_date: "2026-03-06" }),
    );
    expect(await sale()).toMatchObject({ status: "Shipped", shipped_date_key: 20260306 });
    expect(await warehouse.rows("SELECT status, lead_days FROM mart.fact_order")).toEqual([
      { status: "Shipped", lead_days: 1 },
    ]);
  });

  it("a row that two loads touched before a build is one fact, though no other table changed", async () => {
    await warehouse.load([change(orders, "u", 10, "2026-03-06 00:00:00", { ...order, status: "On Hold" })]);
    await warehouse.load([change(orders, "u", 11, "2026-03-07 00:00:00", { ...order, status: "Shipped" })]);
    await warehouse.build();
    expect(await warehouse.rows("SELECT order_number, status FROM mart.fact_order")).toEqual([
      { order_number: 1, status: "Shipped" },
    ]);
  });

  it("a line that comes late is there, and so is it in its order", async () => {
    await arrive(
      change(orderdetails, "c", 10, "2026-03-09 00:00:00", { ...line, product_code: "S2", quantity_ordered: 2 }),
    );
    expect(await warehouse.rows("SELECT product_code, product_key FROM mart.fact_sales ORDER BY product_code")).toEqual(
      [
        { product_code: "S1", product_key: "1" },
        { product_code: "S2", product_key: "-1" },
      ],
    );
    expect(await warehouse.rows("SELECT lines, quantity, gross_amount FROM mart.fact_order")).toEqual([
      { lines: "2", quantity: "5", gross_amount: "50.00" },
    ]);
    // Its product comes later still: the line finds it.
    await arrive(change(products, "c", 11, "2026-03-10 00:00:00", { ...car, product_code: "S2" }));
    expect(await warehouse.rows("SELECT product_key FROM mart.fact_sales WHERE product_code = 'S2'")).toEqual([
      { product_key: "2" },
    ]);
  });

  it("a deleted line and a deleted order disappear", async () => {
    await arrive(change(orderdetails, "d", 10, "2026-03-06 00:00:00", line));
    expect(await warehouse.rows("SELECT lines, quantity, gross_amount FROM mart.fact_order")).toEqual([
      { lines: "0", quantity: "0", gross_amount: "0.00" },
    ]);
    await arrive(change(orders, "d", 11, "2026-03-06 00:00:00", order));
    expect(await warehouse.rows("SELECT 1 FROM mart.fact_sales UNION ALL SELECT 1 FROM mart.fact_order")).toEqual([]);
  });

  it("a line that moves to another order leaves the first", async () => {
    await arrive(
      change(orders, "c", 9, "2026-03-06 00:00:00", { ...order, order_number: 2 }),
      change(orderdetails, "d", 10, "2026-03-06 00:00:00", line),
      change(orderdetails, "c", 10, "2026-03-06 00:00:00", { ...line, order_number: 2 }),
    );
    expect(await warehouse.rows("SELECT order_number, lines FROM mart.fact_order ORDER BY order_number")).toEqual([
      { order_number: 1, lines: "0" },
      { order_number: 2, lines: "1" },
    ]);
  });

  it("a new price opens a version from its day on: older orders keep their cost", async () => {
    await arrive(
      change(products, "u", 10, "2026-03-06 12:00:00", { ...car, buy_price: "7.00" }),
      change(orders, "c", 11, "2026-03-06 13:00:00", { ...order, order_number: 2, order_date: "2026-03-06" }),
      change(orderdetails, "c", 12, "2026-03-06 13:00:00", { ...line, order_number: 2 }),
    );
    expect(await warehouse.rows("SELECT order_number, unit_cost, cost_amount FROM mart.fact_sales ORDER BY 1")).toEqual(
      [
        { order_number: 1, unit_cost: "5.00", cost_amount: "15.00" },
        { order_number: 2, unit_cost: "7.00", cost_amount: "21.00" },
      ],
    );
    expect(await versions("product", "buy_price")).toEqual([
      { value: "5.00", since: "0001-01-01 00:00:00", is_current: false, is_deleted: false },
      { value: "7.00", since: "2026-03-06 12:00:00", is_current: true, is_deleted: false },
    ]);
  });

  it("stock is the newest in every version and opens none", async () => {
    await arrive(
      change(products, "u", 10, "2026-03-06 12:00:00", { ...car, buy_price: "7.00" }),
      change(products, "u", 11, "2026-03-07 12:00:00", { ...car, buy_price: "7.00", quantity_in_stock: 1 }),
    );
    expect(await warehouse.rows("SELECT quantity_in_stock FROM mart.dim_product WHERE product_key > 0")).toEqual([
      { quantity_in_stock: 1 },
      { quantity_in_stock: 1 },
    ]);
  });

  it("a product line reaches its products, an office and a supervisor their employees", async () => {
    await arrive(
      change(productlines, "u", 10, "2026-03-02 00:00:00", { ...cars, text_description: "new" }),
      change(offices, "u", 11, "2026-03-02 00:00:00", { ...office, city: "Lyon" }),
      change(employees, "u", 12, "2026-03-03 00:00:00", { ...boss, last_name: "Bo-Li" }),
    );
    expect(await sale()).toMatchObject({
      product_line_description: "new",
      office_city: "Lyon",
      supervisor_last_name: "Bo-Li",
    });
  });

  it("a customer who moves, or gets another representative, takes along later orders only", async () => {
    await arrive(
      change(customers, "u", 10, "2026-03-06 09:00:00", { ...shop, city: "Brest", sales_rep_employee_number: 8 }),
      change(orders, "c", 11, "2026-03-07 00:00:00", { ...order, order_number: 2, order_date: "2026-03-07" }),
    );
    expect(
      await warehouse.rows(
        `SELECT f.order_number, l.city, e.last_name FROM mart.fact_order f JOIN mart.dim_location l USING (location_key)
         JOIN mart.dim_employee e USING (employee_key) ORDER BY 1`,
      ),
    ).toEqual([
      { order_number: 1, city: "Nantes", last_name: "Ng" },
      { order_number: 2, city: "Brest", last_name: "Bo" },
    ]);
  });

  it("two changes that arrive together reach the facts of the time between them", async () => {
    await arrive(
      change(customers, "u", 10, "2026-03-04 09:00:00", { ...shop, city: "Brest" }),
      change(customers, "u", 11, "2026-03-08 09:00:00", { ...shop, city: "Tours" }),
    );
    expect(await sale()).toMatchObject({ city: "Brest" });
  });

  it("a joined row that comes after its member holds for the time before, too", async () => {
    const boat = { ...car, product_code: "S2", product_line: "Boats" };
    await arrive(
      change(products, "c", 10, "2026-03-02 00:00:00", boat),
      change(products, "u", 15, "2026-03-03 00:00:00", { ...boat, buy_price: "7.00" }),
      change(productlines, "c", 20, "2026-03-04 00:00:00", { product_line: "Boats", text_description: "float" }),
    );
    expect(
      await warehouse.rows(
        `SELECT buy_price, product_line_description AS text, valid_from::text AS since FROM mart.dim_product
         WHERE product_code = 'S2' ORDER BY valid_from`,
      ),
    ).toEqual([
      { buy_price: "5.00", text: "float", since: "0001-01-01 00:00:00" },
      { buy_price: "7.00", text: "float", since: "2026-03-03 00:00:00" },
    ]);
  });

  it("a date counts to its end: an order sees what changed on its day", async () => {
    await arrive(change(customers, "u", 10, "2026-03-05 23:59:59", { ...shop, city: "Brest" }));
    expect(await sale()).toMatchObject({ city: "Brest" });
    await arrive(change(customers, "u", 11, "2026-03-06 00:00:00", { ...shop, city: "Tours" }));
    expect(await sale()).toMatchObject({ city: "Brest" });
  });

  it("a deleted member is marked and stays joinable; its return goes on without a gap", async () => {
    await arrive(change(products, "d", 10, "2026-03-06 00:00:00", car));
    expect(await versions("product", "product_name")).toMatchObject([{ is_current: true, is_deleted: true }]);
    expect(await sale()).toMatchObject({ product_line: "Cars", product_key: "1" });
    await arrive(change(products, "c", 11, "2026-03-08 00:00:00", { ...car, product_name: "New car" }));
    expect(await versions("product", "product_name")).toEqual([
      { value: "Car", since: "0001-01-01 00:00:00", is_current: false, is_deleted: false },
      { value: "New car", since: "2026-03-08 00:00:00", is_current: true, is_deleted: false },
    ]);
  });

  it("a snapshot row gives way to a change that it already contained", async () => {
    await warehouse.clear();
    // Read at 5 s with the price of the change of 3 s, whose version is above the anchor.
    await arrive(
      read(products, { ...car, buy_price: "7.00" }),
      change(products, "u", 10, "2026-03-01 00:00:03", { ...car, buy_price: "6.00" }),
      change(products, "u", 11, "2026-03-01 00:00:04", { ...car, buy_price: "7.00" }),
    );
    expect(await versions("product", "buy_price")).toMatchObject([
      { value: "6.00", since: "0001-01-01 00:00:00" },
      { value: "7.00", since: "2026-03-01 00:00:04" },
    ]);
  });

  it("changes of one second collapse to the last, and one that goes back opens nothing", async () => {
    const at = "2026-03-06 00:00:00";
    await arrive(
      change(products, "u", 10, at, { ...car, buy_price: "6.00" }),
      change(products, "u", 11, at, { ...car, buy_price: "7.00" }),
    );
    expect(await versions("product", "buy_price")).toMatchObject([{ value: "5.00" }, { value: "7.00", since: at }]);
    await arrive(change(products, "u", 12, at, car));
    expect(await versions("product", "buy_price")).toMatchObject([{ value: "5.00", is_current: true }]);
  });

  it("blanks at the end count: in keys and in values", async () => {
    await arrive(
      change(products, "c", 10, "2026-03-06 00:00:00", { ...car, product_code: "S1 ", product_name: "Other" }),
      change(products, "u", 11, "2026-03-07 00:00:00", { ...car, product_name: "Car " }),
    );
    expect(await versions("product", "product_name")).toMatchObject([
      { value: "Car" },
      { value: "Other" },
      { value: "Car " },
    ]);
    expect(await sale()).toMatchObject({ product_code: "S1", product_key: "1" });
  });

  it("a key is never given to another version", async () => {
    await arrive(change(products, "u", 10, "2026-03-06 00:00:00", { ...car, buy_price: "6.00" }));
    // Key 2 goes, because an older row shows that nothing changed then.
    await arrive(
      change(products, "u", 9, "2026-03-06 00:00:00", car),
      change(products, "u", 12, "2026-03-06 00:00:00", car),
    );
    expect(await warehouse.rows("SELECT product_key FROM mart.dim_product WHERE product_key > 0")).toEqual([
      { product_key: "1" },
    ]);
    await arrive(change(products, "u", 13, "2026-03-09 00:00:00", { ...car, buy_price: "8.00" }));
    expect(await warehouse.rows("SELECT product_key FROM mart.dim_product WHERE buy_price = 8")).toEqual([
      { product_key: "3" },
    ]);
  });

  it("a build that broke off between dimensions and facts is made good by the next", async () => {
    await warehouse.load([change(customers, "u", 10, "2026-03-05 10:00:00", { ...shop, city: "Brest" })]);
    const build = await warehouse.nextBuild();
    // As if the facts stood in a transaction of their own that was never run.
    const facts = build.findIndex((sql) => sql.startsWith("CREATE TEMP TABLE star_fact_"));
    await warehouse.transaction(build.slice(0, facts));
    expect(await sale()).toMatchObject({ city: "Nantes" });
    await warehouse.build();
    expect(await sale()).toMatchObject({ city: "Brest" });
    expect(await warehouse.rows("SELECT * FROM ops.star_moved")).toEqual([]);
  });
});
