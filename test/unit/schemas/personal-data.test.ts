import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import { defineDimension } from "../../../schemas/model/dimension.ts";
import { defineTable, hasPersonalData } from "../../../schemas/model/table.ts";
import { dataDictionary } from "../../../schemas/dictionary.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import { createTable } from "../../../schemas/sql/ddl.ts";
import { joinColumns } from "../../../schemas/sql/keys.ts";
import { sourceView, tableSpecs } from "../../../schemas/sql/tables.ts";
import { joinCondition } from "../../../schemas/sql/star-keys.ts";
import { typeSql, warehouseType } from "../../../schemas/types/warehouse.ts";
import { persons, places, visits } from "../../support/people.ts";

const area = { name: "t", database: "t" };

describe("personal data in a definition", () => {
  it("is a pseudonym of 64 digits in every table and in the dictionary, or has no column at all", () => {
    expect(typeSql(warehouseType(persons.columns.tax.type))).toBe("VARCHAR(64)");
    const ddl = [...tableSpecs(persons).map(createTable), sourceView(persons).query].join("\n");
    expect(ddl).toContain("tax VARCHAR(64) ENCODE ZSTD");
    expect(ddl).not.toMatch(/phone|profile/);
    const dictionary = dataDictionary([persons]);
    expect(dictionary).toContain(
      "| `tax` | `tax` | BIGINT UNSIGNED | VARCHAR(64) | yes | **Personal data:** a keyed hash; equal values have equal hashes. |",
    );
    expect(dictionary).toContain(
      "| none | `phone` | VARCHAR(40) | none | yes | Telephone. **Personal data:** left out. |",
    );
  });

  it("may be a key, which compares exactly as it is", () => {
    expect(joinColumns(persons)).toEqual(["email"]);
    expect([persons, visits, places].map(hasPersonalData)).toEqual([true, true, false]);
  });

  it("makes files of another definition", () => {
    const one = (options: { pii: "pseudonymise" } | undefined) =>
      defineTable({
        area,
        name: "x",
        comment: "",
        columns: {
          id: c.column("id", c.int()),
          mail: options === undefined ? c.column("mail", c.varchar(9)) : c.column("mail", c.varchar(9), options),
        },
        key: ["id"],
      });
    const hashes = [undefined, { pii: "pseudonymise" } as const].map((pii) => definitionHash(fileDefinition(one(pii))));
    expect(new Set(hashes).size).toBe(2);
  });

  it("joins nothing that is in the clear", () => {
    const joins = { person: { table: persons, on: { email: "city" } } };
    expect(() => joinCondition(places, joins, "person", "p")).toThrow("mark both or none");
    expect(joinCondition(visits, { person: { table: persons, on: { email: "email" } } }, "person", "p")).toBe(
      "p.email || '.' = r.email || '.'",
    );
  });
});

describe("a mistake about personal data", () => {
  it("does not compile", () => {
    const columns = {
      id: c.column("id", c.int()),
      mail: c.column("mail", c.varchar(9), { pii: "drop" }),
      name: c.column("name", c.varchar(9), { pii: "pseudonymise" }),
    };
    const base = { area, name: "x", comment: "", columns };
    expect(defineTable({ ...base, key: ["name"] }).key).toEqual(["name"]);
    // @ts-expect-error a key that stays at the source names no row
    expect(defineTable({ ...base, key: ["mail"] }).key).toEqual(["mail"]);
    // @ts-expect-error nor can rows be spread by it
    expect(defineTable({ ...base, key: ["id"], distribution: "mail" }).distribution).toBe("mail");
    const table = defineTable({ ...base, key: ["id"] });
    // @ts-expect-error nor has the star an attribute of it
    expect(defineDimension({ name: "d", comment: "", root: table, attributes: { mail: "mail" } })).toBeDefined();
    // @ts-expect-error whether two floats are equal means nothing
    expect(c.column("x", c.double(), { pii: "pseudonymise" })).toBeDefined();
    // @ts-expect-error nor two documents
    expect(c.nullable("x", c.json(), { pii: "pseudonymise" })).toBeDefined();
    // @ts-expect-error of a few labels the frequencies tell which is which
    expect(c.column("x", c.enumeration("f", "m"), { pii: "pseudonymise" })).toBeDefined();
    // @ts-expect-error nor of bits
    expect(c.column("x", c.bit(1), { pii: "pseudonymise" })).toBeDefined();
    // @ts-expect-error there are two ways
    expect(c.column("x", c.int(), { pii: "mask" })).toBeDefined();
  });
});
