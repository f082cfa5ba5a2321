import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SqlError } from "../../../localstack/services/sql/errors.ts";
import { translate } from "../../../localstack/services/sql/statements/index.ts";
import { bytesAlive, runs } from "../../support/fuzz.ts";
import { anyStatement, statements } from "../../support/statements.ts";

/** What becomes of a text: null when it is understood. */
function refusal(text: string): unknown {
  try {
    translate(text);
    return null;
  } catch (error) {
    return error;
  }
}

describe("statements of any words", () => {
  it("are all understood before they are changed", () => {
    expect(statements.length).toBeGreaterThan(200);
    expect(statements.filter((statement) => refusal(statement) !== null)).toEqual([]);
  });

  it("are understood, or refused with a sentence", () => {
    fc.assert(
      fc.property(anyStatement, (text) => {
        const error = refusal(text);
        if (error === null) return;
        expect(error).toBeInstanceOf(SqlError);
        expect((error as SqlError).message).toMatch(/\w+ \w+/);
      }),
      runs(4_000),
    );
  }, 120_000);

  it("are refused with a sentence however deep they nest", () => {
    const deep = (open: string, inside: string, close: string, depth: number): string =>
      `SELECT ${open.repeat(depth)}${inside}${close.repeat(depth)}`;
    for (const depth of [100, 1_000, 20_000]) {
      for (const text of [
        deep("(", "1", ")", depth),
        deep("(SELECT ", "1", ")", depth),
        deep("COALESCE(", "1", ")", depth),
        deep("CASE WHEN 1=1 THEN ", "1", " END", depth),
        deep("- ", "1", "", depth),
        deep("NOT ", "TRUE", "", depth),
        `SELECT ${"1 + ".repeat(depth)}1`,
        `SELECT 1 ${"UNION ALL SELECT 1 ".repeat(depth)}`,
      ]) {
        const error = refusal(text);
        if (error !== null)
          expect({ text: text.slice(0, 40), error }).toEqual({ text: text.slice(0, 40), error: expect.any(SqlError) });
      }
    }
  }, 60_000);

  it("leave nothing behind in memory", async () => {
    const texts = fc.sample(anyStatement, { ...runs(500), numRuns: 500 });
    const round = (): void => texts.forEach((text) => void refusal(text));
    round();
    const before = await bytesAlive();
    for (let i = 0; i < 5; i += 1) round();
    expect((await bytesAlive()) - before).toBeLessThan(4_000_000);
  }, 120_000);
});
