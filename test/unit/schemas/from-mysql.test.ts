import { describe, expect, it } from "@jest/globals";
import { columnTypeOf, refusalOf } from "../../../schemas/types/from-mysql.ts";
import type { MysqlColumn } from "../../../schemas/types/from-mysql.ts";

const described = (columnType: string, rest: Partial<MysqlColumn> = {}): MysqlColumn => ({
  dataType: /^\w+/.exec(columnType)?.[0] ?? "",
  columnType,
  length: null,
  precision: null,
  scale: null,
  fsp: null,
  ...rest,
});

describe("a column as information_schema describes it", () => {
  it.each([
    ["enum('a','it''s','comma,','','x unsigned')", ["a", "it's", "comma,", "", "x unsigned"]],
    // Both servers print the backslash, the line end and NUL escaped, the double quote as it is.
    ["set('a\\\\b','c\\nd','e\\0\"')", ["a\\b", "c\nd", 'e\0"']],
    ["enum('/* mariadb-5.3 */','/*M!100301 COMPRESSED*/')", ["/* mariadb-5.3 */", "/*M!100301 COMPRESSED*/"]],
  ])("%s has its labels", (columnType, labels) => {
    expect(columnTypeOf(described(columnType))).toMatchObject({ labels });
  });

  it.each([
    ["varchar(100) /*M!100301 COMPRESSED*/", "compressed", "MODIFY without COMPRESSED"],
    ["datetime(6) /* mariadb-5.3 */", "MariaDB 5.3", "ALTER TABLE ... FORCE"],
    ["point", "cannot be captured", "convert it"],
    ["vector(3)", "cannot be captured", "convert it"],
    ["inet6", "cannot be captured", "convert it"],
  ])("%s is refused with a reason and a way out", (columnType, why, fix) => {
    const column = described(columnType, { length: 100, fsp: 6 });
    expect(columnTypeOf(column)).toBeNull();
    expect(refusalOf(column)).toEqual({ why: expect.stringContaining(why), fix: expect.stringContaining(fix) });
  });

  it("has nothing against the others", () => {
    expect(refusalOf(described("int(10) unsigned"))).toBeNull();
  });
});
