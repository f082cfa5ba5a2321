import { describe, expect, it } from "@jest/globals";
import { configOf, STAGES } from "../../lib/config.ts";
import { longestStay } from "../../schemas/topic.ts";
import { resourcesOf, stage } from "./synth/index.ts";

const HOUR_MS = 3_600_000;

interface Rule {
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
  readonly Status: string;
}

describe.each(STAGES)("what stage %s keeps, and how long", (name) => {
  const { Data } = stage(name).templates;
  const config = configOf(name);

  it("records in every topic: as the stage says, in segments of a day at most", () => {
    const topics = resourcesOf(Data, "AWS::MSK::Topic");
    expect(topics.length).toBeGreaterThan(0);
    for (const [, { Properties }] of topics) {
      const lines = Buffer.from(String(Properties["Configs"]), "base64").toString().split("\n");
      const settings = Object.fromEntries(lines.map((line) => line.split("=", 2))) as Record<string, string>;
      expect(Number(settings["retention.ms"])).toBe(config.kafka.retentionHours * HOUR_MS);
      expect(Number(settings["segment.ms"])).toBeLessThanOrEqual(24 * HOUR_MS);
      expect(longestStay(settings)).toBeLessThan((config.kafka.retentionHours + 25) * HOUR_MS);
    }
  });

  const rulesOf = (id: string): ReadonlyMap<string, number> => {
    const [, bucket] = resourcesOf(Data, "AWS::S3::Bucket").find(([found]) => found.startsWith(id)) ?? [];
    const { Rules } = bucket?.Properties["LifecycleConfiguration"] as { readonly Rules: readonly Rule[] };
    const expiring = Rules.filter((rule) => rule.ExpirationInDays !== undefined && rule.Status === "Enabled");
    return new Map(expiring.map((rule) => [rule.Prefix ?? "", rule.ExpirationInDays ?? 0]));
  };

  it("landed objects, manifests and reconciliations, and none of the other state beside them", () => {
    const { retentionDays } = config.landing;
    expect(rulesOf("Landing")).toEqual(
      new Map([
        ["landing/", retentionDays],
        ["manifests/", retentionDays],
        ["state/reconcile/", 30],
      ]),
    );
  });

  it("quarantine as a whole", () => {
    expect(rulesOf("Quarantine")).toEqual(new Map([["", config.quarantine.retentionDays]]));
  });

  it("landed objects longer than records, so that a replay has them when the topic does not", () => {
    expect(config.landing.retentionDays * 24).toBeGreaterThanOrEqual(config.kafka.retentionHours);
  });
});

describe("a topic's longest stay", () => {
  it("is that of the brokers where the topic says nothing", () => {
    expect(longestStay({})).toBeGreaterThan(2 * 168 * HOUR_MS);
  });
});
