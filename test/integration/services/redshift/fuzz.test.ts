import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { bytesAlive, runs } from "../../../support/fuzz.ts";
import { anyStatement } from "../../../support/statements.ts";
import { startRedshift, type Redshift } from "./run.ts";

/** What a slip of the stand-in's own would look like, and no warehouse says. */
const SLIP = /undefined|\bnull\b is not|is not a function|Cannot read|\[object|Maximum call stack/;

describe("statements of any words on the stand-in", () => {
  let redshift: Redshift;
  let run: Redshift["run"];
  beforeAll(async () => {
    redshift = await startRedshift();
    run = redshift.run;
  }, 60_000);
  afterAll(() => redshift.stop());

  it("run, or fail with the words of a database, and the next one is answered", async () => {
    const before = await bytesAlive();
    await fc.assert(
      fc.asyncProperty(anyStatement, async (text) => {
        // What the service itself refuses, before it is a statement.
        fc.pre(text.trim() !== "");
        const { Status, Error: reason } = await run.batch([text]);
        if (Status === "FINISHED") return;
        expect(Status).toBe("FAILED");
        expect(reason).toMatch(/\w+ \w+/);
        expect(reason?.replace(text, "")).not.toMatch(SLIP);
      }),
      runs(250),
    );
    expect(await run.rows("SELECT 1 AS one")).toEqual([[1]]);
    expect((await bytesAlive()) - before).toBeLessThan(30_000_000);
  }, 240_000);
});
