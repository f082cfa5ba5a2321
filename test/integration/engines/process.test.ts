import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isRunning } from "../../../cli/processes.ts";
import { runToEnd, startProcess } from "../../../localstack/engines/process.ts";
import { lockRun } from "../../../localstack/engines/run-lock.ts";

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
    expect(isRunning(part)).toBe(true);
    await part.stop();
    expect(isRunning(part)).toBe(false);
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
    expect(isRunning({ pid: Number(await readFile(pidFile, "utf8")) })).toBe(false);
  });
});

describe("runToEnd", () => {
  it("waits for a program's end, and tells one that fails", async () => {
    await runToEnd(script(`console.log("done")`));
    expect(await readFile(log(), "utf8")).toBe("done\n");
    await expect(runToEnd(script(`console.error("no"); process.exit(3)`))).rejects.toThrow(
      /^part ended with code 3\.\n {2}no/,
    );
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
