import { describe, expect, it } from "@jest/globals";
import { METRICS } from "../../../lambdas/core/metrics.ts";
import { recordWriter } from "../../../lambdas/core/record-text.ts";
import { MAX_VALUE_BYTES, withSizeLimit } from "../../../lambdas/core/size-limit.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingPublisher, recordingTelemetry } from "../../support/recording.ts";

const origin = {
  ...({ connector: "mariadb", name: "test", epoch: 1, db: "shop", table: "pictures", serverId: 1 } as const),
  ...{ gtid: null, file: "binlog.000001", pos: 4, committedAt: 1, snapshot: false },
};
const KEY = '{"id":1}';
/** A row's text of so many bytes; quotes and braces in it would mislead a careless reader. */
const row = (bytes: number, char = "x"): string => {
  const body = '{"id":1,"body":"\\"}\\\\{';
  return `${body}${char.repeat((bytes - body.length - 2) / Buffer.byteLength(char))}"}`;
};

function world() {
  const publisher = recordingPublisher();
  const telemetry = recordingTelemetry();
  const quarantine = memoryStore();
  const limited = withSizeLimit(publisher, { quarantine, telemetry, now: () => 5 });
  return { publisher, telemetry, quarantine, limited };
}

describe("withSizeLimit", () => {
  const half = MAX_VALUE_BYTES / 2;
  const writer = (now: number) => recordWriter(origin, now);

  it("sends what fits as it is", () => {
    const { publisher, limited, quarantine } = world();
    const value = writer(1).change("u", 0, row(half - 500), row(half - 500));
    expect(limited.send("t", KEY, value)).toBe(true);
    expect(publisher.sent[0]?.record).toEqual(JSON.parse(value));
    expect(quarantine.objects.size).toBe(0);
  });

  it.each(["x", "é", "€", "😀"])("leaves the former columns out when that is enough (%s)", (char) => {
    const { publisher, limited, quarantine } = world();
    const after = row(half, char);
    expect(limited.send("t", KEY, writer(1).change("u", 0, row(half, char), after))).toBe(true);
    expect(publisher.sent[0]?.record).toEqual(JSON.parse(writer(1).change("u", 0, KEY, after)));
    expect(limited.send("t", KEY, writer(1).change("d", 0, row(half * 3), null))).toBe(true);
    expect(publisher.sent[1]?.record).toEqual(JSON.parse(writer(1).change("d", 0, KEY, null)));
    expect(quarantine.objects.size).toBe(0);
  });

  it("keeps what is too large even so, whole, once, before anything counts as published", async () => {
    const { publisher, limited, quarantine, telemetry } = world();
    const value = writer(1).change("c", 0, null, row(MAX_VALUE_BYTES));
    expect(limited.send("t", KEY, value)).toBe(false);
    await limited.drained();
    expect(limited.send("t", KEY, writer(2).change("c", 0, null, row(MAX_VALUE_BYTES)))).toBe(false);
    await limited.flush();
    expect(publisher.sent).toEqual([]);
    expect([...quarantine.objects.keys()]).toEqual([expect.stringMatching(/^capture\/t\/[0-9a-f]{32}\.jsonl$/)]);
    const [stored] = quarantine.objects.values();
    const line = JSON.parse(stored?.body.toString() ?? "") as { reason: string; key: string; value: string };
    expect(line.reason).toContain("larger than 4500000 bytes");
    expect(Buffer.from(line.key, "base64").toString()).toBe(KEY);
    expect(Buffer.from(line.value, "base64").toString()).toBe(value);
    expect(telemetry.metrics.get(METRICS.quarantined)).toBe(1);
  });

  it("keeps two changes of one row apart", async () => {
    const { limited, quarantine } = world();
    limited.send("t", KEY, writer(1).change("c", 0, null, row(MAX_VALUE_BYTES)));
    limited.send("t", KEY, writer(1).change("u", 1, null, row(MAX_VALUE_BYTES)));
    await limited.flush();
    expect(quarantine.objects.size).toBe(2);
  });

  it("fails the flush when the record could not be kept", async () => {
    const failing = { putIfAbsent: () => Promise.reject(new Error("no bucket")) };
    const limited = withSizeLimit(recordingPublisher(), {
      ...{ quarantine: failing, telemetry: recordingTelemetry(), now: () => 5 },
    });
    limited.send("t", KEY, writer(1).change("c", 0, null, row(MAX_VALUE_BYTES)));
    await expect(limited.flush()).rejects.toThrow("no bucket");
  });
});
