import { describe, expect, it } from "@jest/globals";
import * as c from "../../../schemas/model/column.ts";
import type { ColumnType, PlainType } from "../../../schemas/model/column.ts";
import type { Fit } from "../../../schemas/types/fit.ts";
import { fitOf } from "../../../schemas/types/fit.ts";

describe("what becomes of a column whose type has changed at the source", () => {
  it.each<[ColumnType, PlainType, Fit]>([
    [c.int(), c.smallint(), "exact"],
    [c.int(), c.bigint(), "wide"],
    [c.int(true), c.int(), "wide"],
    [c.int(), c.varchar(9), "unfit"],
    [c.int(), c.decimal(9, 0), "unfit"],
    [c.decimal(10, 2), c.decimal(8, 2), "exact"],
    [c.decimal(10, 2), c.decimal(12, 4), "wide"],
    [c.decimal(10, 2), c.double(), "unfit"],
    [c.float(), c.double(), "unfit"],
    [c.double(), c.float(), "wide"],
    [c.datetime(), c.datetime(6), "wide"],
    [c.datetime(), c.timestamp(), "unfit"],
    [c.date(), c.datetime(), "unfit"],
    [c.time(3), c.time(0), "exact"],
    [c.year(), c.int(), "unfit"],
    [c.varchar(10), c.text(), "wide"],
    [c.varchar(10), c.enumeration("a"), "wide"],
    [c.varchar(10), c.varbinary(10), "unfit"],
    [c.varbinary(10), c.varchar(10), "unfit"],
    [c.binary(4), c.varbinary(8), "wide"],
    [c.enumeration("a"), c.enumeration("a", "b"), "wide"],
    [c.set("a", "b"), c.varchar(3), "wide"],
    [c.json(), c.text(), "exact"],
    [c.json(), c.int(), "unfit"],
    [c.text(), c.json(), "wide"],
    [c.bit(1), c.bit(8), "unfit"],
    [c.bit(8), c.bit(1), "wide"],
    [{ kind: "pseudonym", of: c.varchar(10) }, c.varchar(200), "wide"],
    [{ kind: "pseudonym", of: c.int() }, c.varchar(9), "unfit"],
  ])("%j that is %j now: %s", (defined, actual, fit) => expect(fitOf(defined, actual)).toBe(fit));
});
