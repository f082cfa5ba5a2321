import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isAlive, startProcess, startTimeOf, stopPid } from "../../../localstack/engines/process.ts";
import { lockRun, readState, runningState, stopState, writeState } from "../../../localstack/engines/state.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-process-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const log = () => path.join(folder, "logs", "part.log");
const script = (text: string) => ({ name: "part", command: process.execPath, args: ["-e", text], log: log() });
const FOREVER = "setInterval(() => {}, 1000);";

describe("startProcess", () => {
  it("returns when the process answers, and stops it", async () => {
    const ready = path.join(folder, "ready");
    const part = await startProcess({
      ...script(`require("fs").writeFileSync(${JSON.stringify(ready)}, ""); ${FOREVER}`),
      ready: async () => existsSync(ready),
    });
    expect(isAlive(part.pid)).toBe(true);
    await part.stop();
    expect(isAlive(part.pid)).toBe(false);
  });

  it("tells a process that ends, by name, with its last lines and its log", async () => {
    const start = startProcess({
      ...script(`console.error("no space left"); process.exit(7)`),
      ready: async () => false,
    });
    await expect(start).rejects.toThrow(`part ended with code 7.\n  no space left\nThe whole log: ${log()}`);
  });

  it("tells a program that is not there", async () => {
    const start = startProcess({ ...script(""), command: "/no/such/program", ready: async () => false });
    await expect(start).rejects.toThrow(/^part cannot be run: .*ENOENT/);
  });

  it("ends a process that never answers, even one that ignores SIGTERM", async () => {
    const pidFile = path.join(folder, "pid");
    const start = startProcess({
      ...script(
        `process.on("SIGTERM", () => {}); require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); ${FOREVER}`,
      ),
      ready: async () => Promise.reject(new Error("connection refused")),
      timeoutSeconds: 1,
      graceSeconds: 0.2,
    });
    await expect(start).rejects.toThrow(/did not answer within 1 s; last answer: connection refused/);
    expect(isAlive(Number(await readFile(pidFile, "utf8")))).toBe(false);
  });
});

describe("stopPid", () => {
  it("spares a process that took over the id of the one meant", async () => {
    const child = spawn(process.execPath, ["-e", FOREVER], { stdio: "ignore" });
    await once(child, "spawn");
    const pid = child.pid ?? NaN;
    await stopPid(pid, { startTime: "1" });
    expect(isAlive(pid)).toBe(true);
    await stopPid(pid, { startTime: startTimeOf(pid) });
    expect(isAlive(pid)).toBe(false);
  });
});

describe("the state of a local run", () => {
  const endpoints = { source: "mysql://a", kafka: "127.0.0.1:1", aws: "http://b", warehouse: "postgres://c" };

  it("is read while something of it runs, and removed when nothing does", async () => {
    const child = spawn(process.execPath, ["-e", FOREVER], { stdio: "ignore" });
    await once(child, "spawn");
    const processes = [{ name: "part", pid: child.pid ?? NaN, log: "part.log" }];
    writeState({ pid: process.pid, startedAt: new Date().toISOString(), stage: "local", endpoints, processes }, folder);
    expect(runningState(folder)?.processes[0]).toMatchObject({
      name: "part",
      startTime: startTimeOf(child.pid ?? NaN),
    });
    expect(await stopState(folder)).toEqual(["part"]);
    expect(isAlive(child.pid ?? NaN)).toBe(false);
    expect(readState(folder)).toBeUndefined();
    expect(await stopState(folder)).toEqual([]);
  });

  it("that cannot be read is an error that names the file", async () => {
    await writeFile(path.join(folder, "state.json"), `{"pid": "x"}`);
    expect(() => readState(folder)).toThrow(path.join(folder, "state.json"));
  });
});

describe("the lock of a local run", () => {
  it("is held by one at a time and taken over from the dead", async () => {
    const unlock = lockRun(folder);
    expect(() => lockRun(folder)).toThrow(`Another local run (process ${process.pid})`);
    unlock();
    await writeFile(path.join(folder, "run.lock"), "4194304 1");
    lockRun(folder)();
    expect(existsSync(path.join(folder, "run.lock"))).toBe(false);
  });
});
