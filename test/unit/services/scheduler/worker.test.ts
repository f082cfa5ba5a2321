import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { GetScheduleCommandOutput } from "@aws-sdk/client-scheduler";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { silentLog } from "../../../../localstack/services/log.ts";
import { openSlotMarks } from "../../../../localstack/services/scheduler/marks.ts";
import { parseSchedule } from "../../../../localstack/services/scheduler/schedule.ts";
import { createScheduleWorker } from "../../../../localstack/services/scheduler/worker.ts";

const CREATED = Date.parse("2026-01-01T00:00:00Z");
const MINUTE = 60_000;

const described = (changes: Partial<GetScheduleCommandOutput> = {}): GetScheduleCommandOutput => ({
  $metadata: {},
  Arn: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/tick",
  Name: "tick",
  ScheduleExpression: "rate(1 minute)",
  State: "ENABLED",
  CreationDate: new Date(CREATED),
  Target: { Arn: "arn:aws:lambda:us-east-1:000000000000:function:f", RoleArn: "r" },
  ...changes,
});

describe("the schedule worker", () => {
  let dataDir: string;
  let clock: number;
  let schedules: GetScheduleCommandOutput[];
  let fired: string[];
  let removed: string[];

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), "millrace-marks-"));
    clock = CREATED;
    schedules = [described()];
    fired = [];
    removed = [];
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const open = () =>
    createScheduleWorker({
      list: async () => schedules.map(parseSchedule),
      deliver: async ({ slot }) => void fired.push(new Date(slot).toISOString().slice(11, 16)),
      remove: async ({ name }) => void removed.push(name),
      marks: openSlotMarks(dataDir),
      now: () => clock,
      newId: () => "id",
      log: silentLog,
    });
  const tickUntil = async (worker: ReturnType<typeof open>, end: number): Promise<void> => {
    for (; clock <= end; clock += 1000) await worker.tick();
  };

  it("fires each slot once, the first one interval after creation", async () => {
    await tickUntil(open(), CREATED + 3 * MINUTE + 30_000);
    expect(fired).toEqual(["00:01", "00:02", "00:03"]);
  });

  it("does not fire a slot again after a restart, and makes up for the last one missed", async () => {
    await tickUntil(open(), CREATED + MINUTE);
    await tickUntil(open(), CREATED + MINUTE + 10_000);
    expect(fired).toEqual(["00:01"]);
    clock = CREATED + 5 * MINUTE + 20_000;
    await open().tick();
    expect(fired).toEqual(["00:01", "00:05"]);
  });

  it("fires nothing while disabled, and nothing of that time afterwards", async () => {
    const worker = open();
    schedules = [described({ State: "DISABLED" })];
    await tickUntil(worker, CREATED + 2 * MINUTE + 30_000);
    schedules = [described()];
    await tickUntil(worker, CREATED + 3 * MINUTE + 10_000);
    expect(fired).toEqual(["00:03"]);
  });

  it("keeps to start and end dates; the start is the first slot", async () => {
    schedules = [
      described({ StartDate: new Date(CREATED + 2 * MINUTE + 5_000), EndDate: new Date(CREATED + 4 * MINUTE + 5_000) }),
    ];
    await tickUntil(open(), CREATED + 8 * MINUTE);
    expect(fired).toEqual(["00:02", "00:03", "00:04"]);
  });

  it("fires a schedule that was made anew under the same name from its own creation", async () => {
    const worker = open();
    await tickUntil(worker, CREATED + MINUTE);
    schedules = [described({ CreationDate: new Date(CREATED + 90_000) })];
    await tickUntil(worker, CREATED + 3 * MINUTE);
    expect(fired).toEqual(["00:01", "00:02"]);
  });

  it("deletes a one-time schedule that says so, after it fired", async () => {
    schedules = [described({ ScheduleExpression: "at(2026-01-01T00:01:00)", ActionAfterCompletion: "DELETE" })];
    await tickUntil(open(), CREATED + 2 * MINUTE);
    expect(fired).toEqual(["00:01"]);
    expect(removed).toEqual(["tick"]);
  });
});
