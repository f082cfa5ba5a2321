import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

const script = path.resolve(import.meta.dirname, "../../../.ci/sum.mjs");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "millrace-ci-"));
  mkdirSync(path.join(folder, "tests"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: unknown) =>
  writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));

function sum(): { line: string; status: number } {
  try {
    const line = execFileSync(process.execPath, [script, folder], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return { line: line.trim(), status: 0 };
  } catch (error) {
    const { stdout, status } = error as { stdout: string; status: number };
    return { line: stdout.trim(), status };
  }
}
function goodTests(): void {
  write("tests/1.json", { passed: 100, failed: 0 });
  write("tests/2.json", { passed: 20, failed: 0 });
  write("tests.status", "0\n");
}
function goodRun(): void {
  const comparisons = [{ equal: true }, { equal: true }];
  write("local.out", `> millrace@0.1.0 local\n\n${JSON.stringify({ ok: true, comparisons })}\n`);
  write("local.status", "0\n");
}

describe(".ci/sum.mjs", () => {
  it("adds tests of all runs and comparisons", () => {
    goodTests();
    goodRun();
    expect(sum()).toEqual({ line: "122 passed, 0 failed", status: 0 });
  });

  it("counts what failed", () => {
    goodTests();
    write("tests/2.json", { passed: 19, failed: 1 });
    write("tests.status", "1\n");
    write("local.out", JSON.stringify({ ok: false, comparisons: [{ equal: true }, { equal: false }] }));
    write("local.status", "1\n");
    expect(sum()).toEqual({ line: "120 passed, 2 failed", status: 1 });
  });

  it("counts a part that ended badly although no test failed, such as the type check", () => {
    goodTests();
    goodRun();
    write("tests.status", "2\n");
    expect(sum()).toEqual({ line: "122 passed, 1 failed", status: 1 });
  });

  it("counts parts that left nothing", () => {
    expect(sum()).toEqual({ line: "0 passed, 2 failed", status: 1 });
    goodTests();
    write("local.out", "{ broken");
    expect(sum()).toEqual({ line: "120 passed, 1 failed", status: 1 });
  });
});
