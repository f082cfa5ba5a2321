import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { runProgram } from "../../e2e/main-job.ts";
import { copyOfCheckout } from "../../support/checkout-copy.ts";

jest.setTimeout(120_000);

/** Definitions are files that people write: what does not load is named, in every command, without a stack. */
describe("definition files that do not load", () => {
  let checkout: ReturnType<typeof copyOfCheckout>;
  beforeAll(() => {
    checkout = copyOfCheckout();
  });
  afterAll(() => checkout.remove());

  const FILE = "schemas/sources/classicmodels/orders.ts";
  const broken: Readonly<Record<string, readonly [change: (text: string) => string, says: RegExp]>> = {
    "a brace too few": [(text) => text.replace(/\}\);\s*$/, ""), /orders\.ts:\d+:\d+: ERROR: /],
    "a column of no type": [(text) => text.replace("int()", "nothing()"), /nothing is not defined.*orders\.ts:\d+/s],
    "another name": [(text) => text.replace("export const orders", "export const order"), /'orders'/],
    "an empty file": [() => "", /'orders'/],
    "no text at all": [() => "\u0000\u0001\ufffd", /orders\.ts:\d+:\d+: ERROR: /],
  };

  it.each(Object.keys(broken))("%s", async (name) => {
    const [change, says] = broken[name] ?? [String, /never/];
    const file = path.join(checkout.folder, FILE);
    const text = readFileSync(file, "utf8");
    try {
      writeFileSync(file, change(text));
      const ended = await runProgram("npx", ["millrace", "quarantine"], { cwd: checkout.folder });
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(ended.stderr).toMatch(says);
      expect(ended.stderr).toMatch(/^The definitions do not load: [^]*npx tsc/m);
      expect(ended.stderr).not.toMatch(/^\s+at /m);
    } finally {
      writeFileSync(file, text);
    }
  });
});
