import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import { encoding, typeSql, warehouseType } from "../../../schemas/types/warehouse.ts";
import { VERSION_WIDTH } from "../../../schemas/sql/columns.ts";
import { VERSION_LENGTH } from "../../../lambdas/core/version.ts";

describe("warehouse types", () => {
  it.each([
    [c.tinyint(), "SMALLINT"],
    [c.tinyint(true), "SMALLINT"],
    [c.smallint(), "SMALLINT"],
    [c.smallint(true), "INTEGER"],
    [c.mediumint(), "INTEGER"],
    [c.mediumint(true), "INTEGER"],
    [c.int(), "INTEGER"],
    [c.int(true), "BIGINT"],
    [c.bigint(), "BIGINT"],
    [c.bigint(true), "NUMERIC(20,0)"],
    [c.decimal(38, 10), "NUMERIC(38,10)"],
    [c.decimal(39, 0), "VARCHAR(41)"],
    [c.float(), "REAL"],
    [c.double(), "DOUBLE PRECISION"],
    [c.date(), "DATE"],
    [c.datetime(6), "TIMESTAMP"],
    [c.timestamp(6), "TIMESTAMPTZ"],
    [c.time(6), "BIGINT"],
    [c.year(), "SMALLINT"],
    [c.varchar(0), "VARCHAR(1)"],
    [c.varchar(50), "VARCHAR(200)"],
    [c.mediumtext(), "VARCHAR(65535)"],
    [c.enumeration("a", "äö"), "VARCHAR(4)"],
    [c.set("ab", "c"), "VARCHAR(4)"],
    [c.bit(1), "BOOLEAN"],
    [c.bit(2), "NUMERIC(20,0)"],
    [c.binary(16), "VARBYTE(16)"],
    [c.mediumblob(), "VARBYTE(16777215)"],
    [c.json(), "SUPER"],
  ])("%j is %s", (type, sql) => expect(typeSql(warehouseType(type))).toBe(sql));

  it("compresses with what the type takes", () => {
    expect(encoding({ name: "INTEGER" })).toBe("AZ64");
    expect(encoding({ name: "SUPER" })).toBe("ZSTD");
    expect(encoding({ name: "BOOLEAN" })).toBe("RAW");
  });

  it("has room for a version", () => expect(VERSION_WIDTH).toBe(VERSION_LENGTH));
});
