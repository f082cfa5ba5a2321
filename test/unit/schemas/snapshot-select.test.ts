import { describe, expect, it } from "@jest/globals";
import { snapshotSelect } from "../../../schemas/sql/snapshot-select.ts";
import { everything, lines, orders, tags } from "../../support/loading/tables.ts";

describe("snapshot query", () => {
  it("reads a range of a key of several columns by index ranges", () => {
    expect(snapshotSelect(tags, { after: [1, "a"], upTo: 9, limit: 100 })).toEqual({
      sql:
        "SELECT `orderId`, `tag`, `note` FROM `lab`.`tags` " +
        "WHERE (`orderId` > ? OR `orderId` = ? AND `tag` > ?) AND `orderId` <= ? ORDER BY `orderId`, `tag` LIMIT 100",
      parameters: [1, 1, "a", 9],
    });
  });

  it("reads all in key order", () => {
    expect(snapshotSelect(orders, { after: null, upTo: null, limit: null })).toEqual({
      sql: "SELECT `id`, `status`, `amount` FROM `lab`.`orders` ORDER BY `id`",
      parameters: [],
    });
  });

  it("reads a table without a key as it comes", () => {
    expect(snapshotSelect(lines, { after: null, upTo: null, limit: null }).sql).toBe(
      "SELECT `text` FROM `lab`.`lines`",
    );
  });

  it("widens FLOAT, whose text is short of digits", () => {
    expect(snapshotSelect(everything, { after: null, upTo: null, limit: null }).sql).toContain(
      "`f32` * 1E0 AS `f32`, `f64` * 1E0 AS `f64`",
    );
  });

  it("refuses a range that is not of the key", () => {
    expect(() => snapshotSelect(tags, { after: [1], upTo: null, limit: null })).toThrow(/needs 2 key values, got 1/);
  });
});
