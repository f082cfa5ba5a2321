import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import type { MSKEvent } from "aws-lambda";
import { encoderCache } from "../../../lambdas/land-batch/encode-range.ts";
import { landBatch } from "../../../lambdas/land-batch/land-batch.ts";
import { offsetRanges } from "../../../lambdas/land-batch/msk-event.ts";
import type { FileDefinition } from "../../../schemas/hash.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import { parseLandingKey } from "../../../schemas/naming.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";
import { mskEvent, mskRecord, recordText } from "../../support/loading/records.ts";
import { orders } from "../../support/loading/tables.ts";

function prepare() {
  const woken: object[] = [];
  const ports = {
    landing: memoryStore("landing"),
    quarantine: memoryStore("quarantine"),
    telemetry: recordingTelemetry(),
    wake: async (message: object) => {
      woken.push(message);
    },
    now: () => 123_456,
  };
  const settings = { cluster: "c", wakeSlotSeconds: 10, tables: [orders], encoders: encoderCache(1) };
  const land = (event: MSKEvent) => landBatch(event, settings, ports);
  /** By key: ranges are written side by side. */
  const files = () =>
    [...ports.landing.objects]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, { body }]) => {
        const parsed = parseLandingKey(key);
        return parsed === null ? [] : [{ ...parsed, text: gunzipSync(body).toString("utf8") }];
      });
  return { ...ports, woken, land, files };
}

const insert = (id: number, status: string | null = "new"): string =>
  recordText(orders, { op: "c", at: 100 + id, row: { id, status, amount: "1.00" } });

describe("landing a batch", () => {
  it("writes one object per joined-up range, and wakes the loader", async () => {
    const { land, files, woken } = prepare();
    const [first] = Object.values(mskEvent(orders, [insert(1), insert(2)], { offset: 5 }).records);
    const [second] = Object.values(mskEvent(orders, [insert(3)], { offset: 9 }).records);
    const other = mskEvent(orders, [insert(4), null], { partition: 1 });
    await land({ ...other, records: { a: [...(first ?? []), ...(second ?? [])], ...other.records } });
    expect(files().map(({ partition, first: from, last, rows }) => ({ partition, from, last, rows }))).toEqual([
      { partition: 0, from: 5, last: 6, rows: 2 },
      { partition: 0, from: 9, last: 9, rows: 1 },
      { partition: 1, from: 0, last: 1, rows: 1 },
    ]);
    expect(woken).toEqual([{ table: "lab_orders", slot: 12 }]);
  });

  it("leaves the same when it is done twice", async () => {
    const { land, landing } = prepare();
    const event = mskEvent(orders, [insert(1), "broken", insert(2)]);
    await land(event);
    const before = [...landing.objects].map(([key, { body, etag }]) => [key, body.toString("hex"), etag]);
    await land(event);
    expect([...landing.objects].map(([key, { body, etag }]) => [key, body.toString("hex"), etag])).toEqual(before);
  });

  it("puts what cannot be read into quarantine, whole, and goes on", async () => {
    const { land, files, quarantine, telemetry } = prepare();
    await land(
      mskEvent(orders, [
        "{",
        insert(1),
        '{"op":"x","source":{"file":"b.1","pos":1,"row":0,"ts_ms":1}}',
        insert(2, "x".repeat(70_000)),
      ]),
    );
    expect(files()).toMatchObject([{ first: 0, last: 3, rows: 1 }]);
    const [[key, stored] = []] = [...quarantine.objects];
    expect(key).toBe("land/c/lab_orders/p=0/00000000000000000000-00000000000000000003.jsonl");
    const records = String(stored?.body)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { reason: string; offset: number; value: string });
    expect(records.map(({ offset, reason }) => `${offset} ${reason}`)).toEqual([
      "0 the value is no JSON",
      '2 operation "x" is none of r, c, u, d, t',
      expect.stringMatching(/^3 column status cannot hold .* takes 70000 bytes/),
    ]);
    expect(Buffer.from(records[0]?.value ?? "", "base64").toString()).toBe("{");
    expect(telemetry.metrics.get("RecordsQuarantined")).toBe(3);
  });

  it("covers offsets of a range that has no row at all", async () => {
    const { land, files } = prepare();
    await land(mskEvent(orders, [null, "broken"]));
    expect(files()).toMatchObject([{ first: 0, last: 1, rows: 0, text: "" }]);
  });

  it("writes a file under another definition when a value would be taken for NULL", async () => {
    const { land, files, landing } = prepare();
    await land(mskEvent(orders, [insert(1, "@NULL@"), insert(2, null), insert(3, "@NULL1@")]));
    const [file] = files();
    expect(file?.definition).not.toBe(definitionHash(fileDefinition(orders)));
    expect(file?.text.split("\n").map((line) => line.split(",").slice(8, 9).join())).toEqual([
      '"@NULL@"',
      "@NULL2@",
      '"@NULL1@"',
      "",
    ]);
    const stored = landing.objects.get(`definitions/${file?.definition ?? ""}.json`);
    expect(definitionHash(JSON.parse(String(stored?.body)) as FileDefinition)).toBe(file?.definition);
  });

  it("reports columns that the definition does not know", async () => {
    const { land, telemetry } = prepare();
    await land(mskEvent(orders, [recordText(orders, { op: "c", at: 1, row: { id: 1, colour: "red" } })]));
    expect(telemetry.metrics.get("UnmappedColumns")).toBe(1);
    expect(telemetry.lines.join()).toContain('["colour"]');
  });

  it("fails for a topic that no table has, and for an event of another kind", async () => {
    const { land } = prepare();
    const record = mskRecord("nobody", 0, 0, "{}");
    await expect(land({ ...mskEvent(orders, []), records: { x: [record] } })).rejects.toThrow(
      /topic nobody belongs to no table/,
    );
    await expect(land({ Records: [] } as unknown as MSKEvent)).rejects.toThrow(/is the trigger an MSK topic/);
  });

  it("fails when a write fails, after the others are over, and wakes nobody", async () => {
    const { land, landing, woken } = prepare();
    const original = landing.putIfAbsent.bind(landing);
    let writes = 0;
    Object.assign(landing, {
      putIfAbsent: async (key: string, body: Buffer) => {
        writes += 1;
        if (key.includes("p=0")) throw new Error("out of reach");
        return original(key, body);
      },
    });
    const both = {
      ...mskEvent(orders, [insert(1)]).records,
      ...mskEvent(orders, [insert(2)], { partition: 1 }).records,
    };
    await expect(land({ ...mskEvent(orders, []), records: both })).rejects.toThrow("out of reach");
    expect(writes).toBe(2);
    expect(woken).toEqual([]);
  });
});

describe("ranges", () => {
  it("are split where an offset is missing or comes twice", () => {
    const offsets = [1, 2, 4, 5, 5, 6];
    const records = offsets.map((offset) => mskRecord("t", 0, offset, "x"));
    const ranges = offsetRanges({ ...mskEvent(orders, []), records: { t: records } });
    expect(ranges.map(({ first, last }) => [first, last])).toEqual([
      [1, 2],
      [4, 5],
      [5, 6],
    ]);
  });
});
