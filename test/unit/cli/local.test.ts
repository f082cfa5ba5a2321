import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runningLocally, stopLocal, writeLocalState } from "../../../cli/local-state.ts";
import { endProcess, isRunning, startTimeOf } from "../../../cli/processes.ts";
import { findTarget } from "../../../cli/target.ts";
import { namesIn } from "../../../cli/snapshot.ts";

const endpoints = { source: "mysql://a", kafka: "k:1", aws: "http://127.0.0.1:9", warehouse: "postgres://w" };
let folder = "";
let file = "";
type Processes = Parameters<typeof writeLocalState>[0]["processes"];
const write = (processes: Processes) =>
  writeLocalState({ pid: 1, startedAt: "2025-01-01T00:00:00.000Z", stage: "local", endpoints, processes }, file);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "millrace-cli-"));
  file = path.join(folder, "state.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the local state file", () => {
  it("ends what it names, and only that", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    const startTime = startTimeOf(pid);
    // The first is written with its start time. The second has an id that is in use by another process now: this test's own.
    write([
      { name: "kafka", pid, log: "" },
      { name: "aws", pid: process.pid, log: "", startTime: "1" },
    ]);
    expect(runningLocally(file)).toMatchObject({ endpoints, processes: [{ name: "kafka", startTime }, {}] });
    expect(await stopLocal(file)).toEqual(["kafka"]);
    expect(isRunning({ pid, startTime })).toBe(false);
    expect(existsSync(file)).toBe(false);
    expect(await stopLocal(file)).toEqual([]);
  });

  it("counts for nothing once its processes are gone", () => {
    write([{ name: "kafka", pid: 4_194_000, log: "" }]);
    expect(runningLocally(file)).toBeNull();
  });

  it("is refused, not ignored, when it cannot be read", () => {
    writeFileSync(file, "{");
    expect(() => runningLocally(file)).toThrow(/cannot be read/);
  });
});

describe("endProcess", () => {
  it("spares a process that took over the id of the one meant", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    await endProcess({ pid, startTime: "1" }, "SIGKILL");
    expect(isRunning({ pid })).toBe(true);
    await endProcess({ pid, startTime: startTimeOf(pid) }, "SIGKILL");
    expect(isRunning({ pid })).toBe(false);
  });
});

describe("findTarget", () => {
  const local = { pid: 1, startedAt: "", stage: "local", endpoints, processes: [] };

  it("prefers what runs on this machine", () => {
    expect(findTarget(undefined, local).aws.endpoint).toBe("http://127.0.0.1:9");
  });

  it("goes to AWS for a stage that is named", () => {
    expect(findTarget("dev", local)).toEqual({ stage: "dev", aws: {}, local: null });
  });

  it("says what to do when there is nothing", () => {
    expect(() => findTarget(undefined, null)).toThrow("npm run local -- --keep");
    expect(() => findTarget("local", null)).toThrow("npm run local -- --keep");
  });
});

describe("snapshot --tables", () => {
  it("takes names of the definitions and refuses others", () => {
    expect(namesIn("classicmodels_orders, classicmodels_payments")).toHaveLength(2);
    expect(() => namesIn("orders")).toThrow("No such table: orders. Defined are classicmodels_");
  });
});
