import { describe, expect, it } from "@jest/globals";
import {
  areaProblem,
  columnName,
  constantName,
  nearNames,
  snakeCase,
  tableName,
} from "../../../../cli/import/names.ts";
import { personalData } from "../../../../cli/import/personal-data.ts";
import { identifier } from "../../../../schemas/sql/quote.ts";

describe("names", () => {
  it.each([
    ["customerNumber", "customer_number"],
    ["MSRP", "msrp"],
    ["addressLine1", "address_line1"],
    ["HTMLDescription", "html_description"],
    ["orderID", "order_id"],
    ["order-no.", "order_no"],
    ["Größe", "grosse"],
    ["Œuvre", "oeuvre"],
    ["_version", "version"],
    ["__proto__", "proto"],
    ["we`ird", "we_ird"],
    ["番号", ""],
    ["a番", ""],
    ["--", ""],
  ])("%s in snake case is '%s'", (source, name) => {
    expect(snakeCase(source)).toBe(name);
  });

  it("are identifiers, whatever the source calls its columns", () => {
    const taken = new Set<string>();
    const sources = ["番号", "2fa", "xmin", "batch", "a".repeat(64), "a".repeat(64).toUpperCase(), "Id", "id", "ID"];
    const names = sources.map((source, index) => columnName(source, index + 1, taken));
    expect(names.slice(0, 4)).toEqual(["column_1", "column_2fa", "xmin_column", "batch_column"]);
    expect(names.slice(6)).toEqual(["id", "id_2", "id_3"]);
    expect(new Set(names).size).toBe(sources.length);
    for (const name of names) expect(identifier(name)).toBe(name);
  });

  it("leave room for what is put in front of a table's", () => {
    const name = tableName("t".repeat(64), 1, "some_area", new Set());
    expect(() => identifier(`touched_some_area_${name}`)).not.toThrow();
    expect(tableName("index", 1, "shop", new Set())).toBe("index_table");
  });

  it("of constants are neither words of the language nor taken", () => {
    const taken = new Set(["orders"]);
    expect(["class", "orders", "orders", "order_items"].map((name) => constantName(name, taken))).toEqual([
      "classTable",
      "ordersTable",
      "ordersTable_2",
      "orderItems",
    ]);
  });

  it.each([["Shop"], ["2shop"], ["shop-eu"], ["shop_"], [""], ["a_name_of_more_than_24_chars"]])(
    "'%s' is no area's",
    (name) => {
      expect(areaProblem(name)).toContain(`'${name}'`);
    },
  );

  it("near what was not found are told, nearest first", () => {
    const known = ["orders", "order_items", "customers", "x"];
    expect(nearNames("order", known)).toEqual(["orders", "order_items"]);
    expect(nearNames("Custmers", known)).toEqual(["customers"]);
    expect(nearNames("nothing", known)).toEqual([]);
  });
});

describe("personal data by name", () => {
  it.each([
    ["orders", "customer_email"],
    ["orders", "e_mail"],
    ["people", "name"],
    ["orders", "contact_last_name"],
    ["x", "phone2"],
    ["x", "date_of_birth"],
    ["x", "address_line1"],
    ["x", "iban"],
    ["users", "password_hash"],
    ["logins", "ip_address"],
  ])("suspects %s.%s", (table, column) => {
    expect(personalData(table, column)).not.toBeNull();
  });

  it.each([
    ["products", "name"],
    ["products", "product_name"],
    ["files", "file_name"],
    ["orders", "address_id"],
    ["mails", "is_email_sent"],
    ["orders", "total"],
    ["x", "telescope"],
  ])("does not suspect %s.%s", (table, column) => {
    expect(personalData(table, column)).toBeNull();
  });
});
