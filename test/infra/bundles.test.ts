import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { SourceMap } from "node:module";
import type { SourceMapPayload } from "node:module";
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

  it.each(FUNCTIONS)("%s maps stacks to our sources only: a map is kept in memory from the first error on", (name) => {
    const file = join(folder, name, "index.mjs");
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
    const lines = readFileSync(file, "utf8").split("\n");
    // esbuild heads every module with its path.
    const headers = lines.flatMap((line, i) => {
      const path = /^ {0,4}\/\/ ((?:lambdas|schemas|node_modules)\/\S+)$/.exec(line)?.[1];
      return path === undefined ? [] : [{ path, first: i + 1 }];
    });
    const mapped = headers.map(({ path, first }, i) => {
      const end = headers[i + 1]?.first ?? first + 1;
      const found = new Set<string>();
      for (let line = first; line < end - 1; line++) {
        const entry = map.findEntry(line, 0);
        if ("originalSource" in entry && entry.originalSource) found.add(entry.originalSource);
      }
      return { path, found: [...found] };
    });
    const own = mapped.filter(({ path }) => !path.startsWith("node_modules/"));
    expect(own.filter(({ found }) => found.length > 0).length).toBeGreaterThan(5);
    for (const { path, found } of own) for (const source of found) expect(source.endsWith(path)).toBe(true);
    expect(mapped.filter(({ path, found }) => path.startsWith("node_modules/") && found.length > 0)).toEqual([]);
  });
});
