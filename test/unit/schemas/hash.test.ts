import { describe, expect, it } from "@jest/globals";
import { definitionHash, fileDefinition, nullMarker } from "../../../schemas/hash.ts";
import { column, int, nullable, varchar } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { orders } from "../../support/loading/tables.ts";

const reversed = Object.fromEntries(Object.entries(orders.columns).reverse());

const hashOf = (table: AnyTable): string => definitionHash(fileDefinition(table));

describe("definition hash", () => {
  it("is stable, also through JSON", () => {
    expect(hashOf(orders)).toBe(hashOf(JSON.parse(JSON.stringify(orders)) as AnyTable));
    expect(hashOf(orders)).toMatch(/^[0-9a-f]{16}$/);
  });

  it("does not count what a file does not show", () => {
    expect(hashOf({ ...orders, comment: "other", cadence: 5, partitions: 9 })).toBe(hashOf(orders));
  });

  it.each<[string, AnyTable]>([
    ["another column", { ...orders, columns: { ...orders.columns, extra: nullable("extra", int()) } }],
    ["another type", { ...orders, columns: { ...orders.columns, status: nullable("status", varchar(11)) } }],
    ["another order", { ...orders, columns: reversed }],
    ["another key", { ...orders, key: "none" }],
    ["another name", { ...orders, name: "other" }],
    ["another area", { ...orders, area: { name: "other", database: "lab" } }],
    ["key column of another type", { ...orders, columns: { ...orders.columns, id: column("id", varchar(3)) } }],
  ])("changes with %s", (_, table) => expect(hashOf(table)).not.toBe(hashOf(orders)));

  it("changes with the text that stands for NULL", () => {
    expect(definitionHash({ table: orders, nullMarker: nullMarker(1) })).not.toBe(hashOf(orders));
    expect([nullMarker(0), nullMarker(1)]).toEqual(["@NULL@", "@NULL1@"]);
  });
});
