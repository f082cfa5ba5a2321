import { describe, expect, it } from "@jest/globals";
import { assertion, identifier, identifiers, integer, literal, qualified } from "../../../schemas/sql/quote.ts";

describe("quoting", () => {
  it("quotes reserved words only", () => {
    expect(identifier("status")).toBe("status");
    expect(identifier("partition")).toBe('"partition"');
    expect(identifiers(["offset", "id"], "s")).toBe('s."offset", s.id');
    expect(qualified("ops.order")).toBe('ops."order"');
  });

  it.each(["Name", "a b", "a;b", 'a"b', "1a", "", "a".repeat(64)])("refuses the name %j", (name) => {
    expect(() => identifier(name)).toThrow(/cannot be a warehouse name/);
  });

  it("doubles quotes in literals", () => expect(literal("it's")).toBe("'it''s'"));

  it.each(["a\\b", "a\0b"])("refuses the literal %j, which the two databases read differently", (text) => {
    expect(() => literal(text)).toThrow(/no backslash or NUL/);
  });

  it("refuses what is no whole number", () => expect(() => integer(1.5)).toThrow(/not a whole number/));

  it("asserts by a cast that fails", () => {
    expect(assertion("COUNT(*) = 0", "no", "FROM t")).toBe(
      "SELECT CAST(CASE WHEN COUNT(*) = 0 THEN '0' ELSE 'millrace: no' END AS INTEGER) AS asserted\nFROM t",
    );
  });
});
