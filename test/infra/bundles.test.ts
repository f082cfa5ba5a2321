import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { FUNCTIONS } from "../../lib/config.ts";
import { ROOT, environmentOf } from "./synth/index.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-bundles-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lambda unpacks 250 MB at most; what cold starts bear is far less. */
const BUNDLE_LIMIT = 8 * 1024 * 1024;

describe("bundles", () => {
  it("are made by esbuild for every function", () => {
    const run = spawnSync("node", ["--import", "tsx", join(import.meta.dirname, "synth/bundle.ts"), folder], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect([run.status, run.stderr]).toEqual([0, ""]);
  }, 120_000);

  it.each(FUNCTIONS)("%s loads on its own, with the environment that its stack gives it", (name) => {
    const file = join(folder, name, "index.mjs");
    expect(statSync(file).size).toBeLessThan(BUNDLE_LIMIT);
    expect(existsSync(`${file}.map`)).toBe(true);
    expect(readFileSync(`${file}.map`, "utf8")).not.toContain(ROOT);
    const load = `const { handler } = await import(${JSON.stringify(file)}); console.log(typeof handler); process.exit(0)`;
    const run = spawnSync("node", ["--input-type=module", "-e", load], {
      // Away from node_modules: what is not in the bundle is not found.
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        AWS_REGION: "us-east-1",
        AWS_LAMBDA_FUNCTION_NAME: name,
        ...environmentOf("local", name),
      },
      encoding: "utf8",
    });
    expect([run.stdout.trim(), run.stderr]).toEqual(["function", ""]);
  });
});
