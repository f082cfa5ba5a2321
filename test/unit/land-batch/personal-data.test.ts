import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { encoderCache } from "../../../lambdas/land-batch/encode-range.ts";
import { landBatch } from "../../../lambdas/land-batch/land-batch.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";
import { mskEvent, recordText } from "../../support/loading/records.ts";
import { persons } from "../../support/people.ts";

const HASH = "ab".repeat(32);
const row = (changes: object = {}) => ({
  email: HASH,
  fullName: HASH,
  tax: null,
  born: null,
  token: null,
  city: "Bern",
  ...changes,
});

async function land(...values: string[]) {
  const ports = {
    landing: memoryStore("landing"),
    quarantine: memoryStore("quarantine"),
    telemetry: recordingTelemetry(),
    wake: async () => undefined,
    now: () => 1,
  };
  const settings = { cluster: "c", wakeSlotSeconds: 10, tables: [persons], encoders: encoderCache(1) };
  await landBatch(mskEvent(persons, values), settings, ports);
  const bodies = (store: ReturnType<typeof memoryStore>) => [...store.objects.values()].map(({ body }) => body);
  const kept = bodies(ports.quarantine).flatMap((body) => body.toString("utf8").trim().split("\n"));
  return {
    text: bodies(ports.landing)
      .map((body) => gunzipSync(body).toString("utf8"))
      .join(""),
    quarantined: kept.map((line) => JSON.parse(line) as { reason: string; value: string | null; withheld?: boolean }),
    lines: ports.telemetry.lines.join("\n"),
  };
}

const created = (changes: object = {}): string => recordText(persons, { op: "c", at: 5, row: row(changes) });

describe("landing a table with personal data", () => {
  it("lands pseudonyms and NULL", async () => {
    const { text, quarantined } = await land(created());
    expect(text).toContain(`${HASH},${HASH},@NULL@,@NULL@,@NULL@,"Bern"`);
    expect(quarantined).toEqual([]);
  });

  it("leaves out, and counts, what the definition does not know or drops", async () => {
    const { text, lines, quarantined } = await land(created({ nick: "secret", phone: "secret" }));
    expect(text).toContain("Bern");
    expect(text).not.toContain("secret");
    expect(lines).toContain('"columns":["nick"]');
    expect(quarantined).toEqual([]);
  });

  it.each([
    ["a value in the clear", created({ fullName: "secret" }), "column name is personal data"],
    [
      "upper case, which is no pseudonym of ours",
      created({ fullName: HASH.toUpperCase() }),
      "column name is personal data",
    ],
    [
      "a record of another connector",
      created()
        .replace(/"epoch":1,/, "")
        .replace("Bern", "secret"),
      "another connector",
    ],
    ["no record at all", '{"secret', "cannot be read"],
  ])("withholds the payload of %s", async (_what, value, reason) => {
    const { text, quarantined, lines } = await land(value, created());
    expect(text.split("\n")).toHaveLength(2);
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]?.reason).toContain(reason);
    expect(quarantined[0]).toMatchObject({ value: null, withheld: true });
    expect(JSON.stringify(quarantined) + lines + text).not.toContain("secret");
  });

  it("keeps the payload of what our capture wrote, so that it can be sent again", async () => {
    const { quarantined } = await land(created({ city: 7 }));
    expect(quarantined).toMatchObject([{ reason: 'column city cannot hold "7": text is needed' }]);
    expect(Buffer.from(quarantined[0]?.value ?? "", "base64").toString()).toContain(HASH);
  });
});
