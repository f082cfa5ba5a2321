import { describe, expect, it } from "@jest/globals";
import { landingGroup, topicName } from "../../schemas/naming.ts";
import { tables } from "../../schemas/sources/index.ts";
import { partitionCount } from "../../schemas/topic.ts";
import { STAGES } from "../../lib/config.ts";
import { resourcesOf, stage } from "./synth/index.ts";

/** Lambda allows a function that Kafka invokes no longer run. */
const KAFKA_TIMEOUT = 14 * 60;

describe.each(STAGES)("topics and mappings of stage %s", (name) => {
  const { Data, Pipeline } = stage(name).templates;
  const topics = resourcesOf(Data, "AWS::MSK::Topic").map(([, { Properties }]) => Properties);
  const mappings = resourcesOf(Pipeline, "AWS::Lambda::EventSourceMapping").map(([, resource]) => resource);
  const ofKafka = mappings.filter(({ Properties }) => "Topics" in Properties);

  it("every table has a topic whose records are not thrown away by key", () => {
    expect(topics.map((topic) => topic["TopicName"]).sort()).toEqual(tables.map(topicName).sort());
    for (const topic of topics) {
      const configs = Buffer.from(String(topic["Configs"]), "base64").toString().split("\n");
      expect(configs).toContain("cleanup.policy=delete");
      expect(configs.some((line) => /^retention\.ms=\d+$/.test(line))).toBe(true);
    }
    for (const table of tables) {
      expect(topics.find((topic) => topic["TopicName"] === topicName(table))).toHaveProperty(
        "PartitionCount",
        partitionCount(table),
      );
    }
  });

  it("every topic has one mapping, in the consumer group that measure-lag asks for", () => {
    expect(
      ofKafka
        .map(({ Properties }) => Properties["Topics"])
        .flat()
        .sort(),
    ).toEqual(tables.map(topicName).sort());
    for (const table of tables) {
      const mapping = ofKafka.find(
        ({ Properties }) => JSON.stringify(Properties["Topics"]) === `["${topicName(table)}"]`,
      );
      expect(mapping?.Properties).toMatchObject({
        StartingPosition: "TRIM_HORIZON",
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: landingGroup(`millrace-${name}`, table) },
      });
    }
  });

  it("a batch that fails is answered in part, halved, tried again and at last set aside whole", () => {
    for (const { Properties } of ofKafka) {
      expect(Properties).toMatchObject({
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 10,
        ProvisionedPollerConfig: { MinimumPollers: 1 },
        DestinationConfig: { OnFailure: { Destination: expect.anything() } },
      });
    }
  });

  it("permissions are there before a mapping asks for them", () => {
    for (const mapping of ofKafka) {
      expect(JSON.stringify(mapping.DependsOn)).toMatch(/LandBatchFunctionServiceRoleDefaultPolicy/);
    }
  });

  it("a batch fits into the time that Lambda gives", () => {
    const [, landBatch] =
      resourcesOf(Pipeline, "AWS::Lambda::Function").find(([id]) => id.startsWith("LandingLandBatch")) ?? [];
    expect(Number(landBatch?.Properties["Timeout"])).toBeLessThanOrEqual(KAFKA_TIMEOUT);
  });

  it("four functions run every minute, and a missed minute is not made up for", () => {
    const schedules = resourcesOf(Pipeline, "AWS::Scheduler::Schedule").map(([, { Properties }]) => Properties);
    const everyMinute = schedules.filter((schedule) => schedule["ScheduleExpression"] === "rate(1 minute)");
    expect(everyMinute).toHaveLength(4);
    // The others reconcile: all by night, and more often what foreign keys change in silence.
    expect(schedules).toHaveLength(6);
    expect(schedules.filter(({ Target }) => JSON.stringify(Target).includes("cascades"))).toHaveLength(1);
    for (const schedule of everyMinute) {
      expect(schedule).toMatchObject({
        Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
      });
    }
  });

  it("the warehouse is migrated before anything loads", () => {
    const [migration, custom] = resourcesOf(Pipeline, "Custom::WarehouseSchema")[0] ?? [];
    expect(custom?.Properties["Schema"]).toMatch(/^[0-9a-f]{64}$/);
    const [, loader] =
      resourcesOf(Pipeline, "AWS::Lambda::Function").find(([id]) => id.startsWith("LoadingLoad")) ?? [];
    expect(loader?.DependsOn).toContain(migration);
  });
});
