import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it, jest } from "@jest/globals";
import { runningLocally, STATE_FILE } from "../../cli/local-state.ts";
import { npmRunLocal, reportIn } from "./main-job.ts";

jest.setTimeout(300_000);
const folder = mkdtempSync(path.join(tmpdir(), "millrace-e2e-"));
afterAll(() => rmSync(folder, { recursive: true }));

const nothingRuns = () => {
  expect(runningLocally()).toBeNull();
  expect(existsSync(STATE_FILE)).toBe(false);
};

/** Each failure is a sentence with the fix, in the JSON too, and leaves nothing running. */
describe("npm run local with bad input", () => {
  it("names the line of a dump that does not parse", async () => {
    const dump = path.join(folder, "broken.sql");
    writeFileSync(dump, "CREATE TABLE t (id int);\nINSERT INTO t VALUES ('never closed);\n");
    const ended = await npmRunLocal(["--json", "--source-sql", dump]);
    expect(ended.code).toBe(1);
    expect(reportIn(ended)).toMatchObject({ ok: false, comparisons: [], star: null, freshness: null });
    expect(reportIn(ended).error).toMatch(/line 2: a string opened with '/);
    nothingRuns();
  });

  it("says when no server answers at the given URL", async () => {
    const ended = await npmRunLocal(["--json", "--source-url", "mysql://user:secret@127.0.0.1:1"]);
    expect(ended.code).toBe(1);
    expect(reportIn(ended).error).toMatch(/127\.0\.0\.1:1/);
    expect(ended.stdout + ended.stderr).not.toContain("secret");
    nothingRuns();
  });

  it("says what is wrong with an option", async () => {
    const ended = await npmRunLocal(["--json", "--orders", "none"]);
    expect(ended.code).toBe(1);
    expect(reportIn(ended)).toMatchObject({ ok: false });
    expect(reportIn(ended).error).toContain("--orders");
  });

  it("stops everything on Ctrl-C", async () => {
    let interrupted = false;
    const ended = await npmRunLocal(["--json"], (stderr, interrupt) => {
      if (interrupted || !stderr.includes("LocalStack: done")) return;
      interrupted = true;
      interrupt();
    });
    expect(interrupted).toBe(true);
    expect(ended.code).not.toBe(0);
    expect(reportIn(ended)).toMatchObject({ ok: false, error: "interrupted by SIGINT" });
    nothingRuns();
  });
});
