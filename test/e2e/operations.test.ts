import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { Kafka, logLevel } from "kafkajs";
import type { Connection } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import { bucketsOf } from "../../cli/buckets.ts";
import { runStatement } from "../../cli/data-api.ts";
import type { Quarantine } from "../../cli/quarantine/entries.ts";
import type { ReplayedTable } from "../../cli/replay/replay.ts";
import { rowObjects } from "../../cli/sql-values.ts";
import { stackOutputs } from "../../cli/stack-outputs.ts";
import type { StackOutputs } from "../../cli/stack-outputs.ts";
import type { StatusAnswer } from "../../cli/status.ts";
import { findTarget } from "../../cli/target.ts";
import type { Target } from "../../cli/target.ts";
import { until } from "../integration/services/until.ts";
import { millrace, npmRunLocal, reportIn } from "./main-job.ts";

jest.setTimeout(900_000);

const ORDERS = "classicmodels_orders";

/** What an operator reaches for, on the whole local cloud: every command as it is typed. */
describe("quarantine, redrive, replay, resync and gaps", () => {
  let source: Connection;
  let kafka: Kafka;
  let target: Target;
  let outputs: StackOutputs;

  beforeAll(async () => {
    const ended = await npmRunLocal(["--json", "--keep", "--orders", "100", "--changes", "0"]);
    const report = reportIn(ended);
    if (!report.ok) throw new Error(`${report.error ?? ""}\n${ended.stderr}`);
    const { endpoints } = JSON.parse((await millrace("status", "--json")).stdout) as StatusAnswer;
    source = await createConnection({ uri: endpoints.source ?? "", multipleStatements: true });
    kafka = new Kafka({ brokers: [(endpoints.kafka ?? "").replace("kafka://", "")], logLevel: logLevel.NOTHING });
    target = findTarget(undefined);
    outputs = await stackOutputs(target);
  });
  afterAll(async () => {
    await source.end();
    await npmRunLocal(["down"]);
  });

  const succeeds = async (...args: string[]): Promise<string> => {
    const ended = await millrace(...args);
    if (ended.code !== 0) throw new Error(`millrace ${args.join(" ")}\n${ended.stdout}\n${ended.stderr}`);
    return ended.stdout;
  };
  const sql = async (statement: string) => rowObjects(await runStatement(statement, outputs, target.aws));
  const caughtUp = async () => succeeds("status", "--wait", "--timeout", "600");
  const isEqual = async (table: string) => succeeds("reconcile", table);
  const quarantined = async (): Promise<Quarantine> =>
    JSON.parse(await succeeds("quarantine", ORDERS, "--json")) as Quarantine;
  const content = async (table: string) => ({
    history: await sql(`SELECT _version, _op, _partition, _offset, status FROM history.${table} ORDER BY 1, 3, 4`),
    mirror: await sql(`SELECT order_number, status, _version, _deleted FROM mirror.${table} ORDER BY 1`),
  });

  it("lists what could not be read, and keeps it until it can be", async () => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: ORDERS, messages: [{ key: "{}", value: "no record at all", partition: 0 }] });
    await producer.disconnect();
    await caughtUp();
    const [entry, ...more] = (await quarantined()).entries;
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      kind: "record",
      table: ORDERS,
      partition: 0,
      reason: "the value is no JSON",
      payload: "no record at all",
    });
    expect(await succeeds("quarantine")).toContain("the value is no JSON");
    const refused = await millrace("redrive", ORDERS, "--json");
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ tables: [{ redriven: 0, refused: [{ partition: 0 }] }] });
    expect((await quarantined()).entries).toHaveLength(1);
  });

  it("sends a record back, and the row arrives once", async () => {
    const before = await content(ORDERS);
    const [row] = await sql(`SELECT order_number, _partition, _offset FROM history.${ORDERS} ORDER BY 1 LIMIT 1`);
    const { order_number: id, _partition: partition, _offset: offset } = row ?? {};
    const record = await recordAt(ORDERS, Number(partition), Number(offset));
    // As if landing had refused it for a defect that is mended since.
    const { quarantine, cluster } = bucketsOf(outputs, target.aws);
    const line = { reason: "a defect", topic: ORDERS, partition, offset, timestamp: 0, ...record };
    const object = `land/${cluster}/${ORDERS}/p=${String(partition)}/defect.jsonl`;
    await quarantine.put(object, Buffer.from(`${JSON.stringify(line)}\n`));
    await sql(`DELETE FROM history.${ORDERS} WHERE order_number = ${Number(id)}`);
    await sql(`DELETE FROM mirror.${ORDERS} WHERE order_number = ${Number(id)}`);
    for (let i = 0; i < 2; i++) {
      expect(await succeeds("redrive", ORDERS, "--reason", "defect")).toMatch(
        i === 0 ? ORDERS : "nothing to send back",
      );
      expect(await content(ORDERS)).toEqual(before);
    }
    expect((await quarantined()).entries.map(({ reason }) => reason)).toEqual(["the value is no JSON"]);
  });

  it("replays from S3 what the warehouse has lost, and changes nothing else", async () => {
    await source.query("UPDATE classicmodels.orders SET status = 'Replayed' ORDER BY orderNumber LIMIT 5");
    await caughtUp();
    const before = await content(ORDERS);
    const from = new Date(Date.now() - 86_400_000).toISOString();
    const planned = await succeeds("replay", "--from", from, "--dry-run", "--json");
    expect(JSON.parse(planned)).toMatchObject({ dryRun: true, tables: expect.any(Array) });
    await sql(`DELETE FROM history.${ORDERS} WHERE status = 'Replayed'`);
    await sql(
      `DELETE FROM mirror.${ORDERS} WHERE order_number IN (SELECT order_number FROM mirror.${ORDERS} LIMIT 40)`,
    );
    for (let i = 0; i < 2; i++) {
      const { tables } = JSON.parse(await succeeds("replay", "--from", from, ORDERS, "--json")) as {
        readonly tables: readonly ReplayedTable[];
      };
      expect(tables).toMatchObject([{ table: ORDERS, ahead: 0, cold: [], missing: [], refused: [], problem: null }]);
      expect(tables[0]?.rows).toBeGreaterThanOrEqual(105);
      expect(await content(ORDERS)).toEqual(before);
    }
    await caughtUp();
    await isEqual(ORDERS);
  });

  it("resyncs a table while changes flow", async () => {
    const stop = { now: false };
    const hammering = hammer(stop);
    await succeeds("resync", ORDERS);
    stop.now = true;
    expect(await hammering).toBeGreaterThan(3);
    await caughtUp();
    await isEqual(ORDERS);
  });

  it("detects a hole that retention has torn, raises the alarm, and repairs it by itself", async () => {
    const lambda = new LambdaClient(target.aws);
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
    const { UUID, AmazonManagedKafkaEventSourceConfig: config } =
      EventSourceMappings.find(({ Topics }) => Topics?.includes(ORDERS)) ?? {};
    const group = config?.ConsumerGroupId ?? "";
    const admin = kafka.admin();
    await admin.connect();
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    // Its state says what is wanted of it; that nobody polls any more, only the group says.
    await until("the mapping stands still", async () => {
      const [described] = (await admin.describeGroups([group])).groups;
      return described?.state === "Empty" || described?.state === "Dead";
    });
    await source.query("UPDATE classicmodels.orders SET comments = 'never landed'");
    const ends = await publishedAfter(admin, "never landed");
    await admin.deleteTopicRecords({
      topic: ORDERS,
      partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
    await admin.disconnect();
    await source.query("UPDATE classicmodels.orders SET status = 'Later' ORDER BY orderNumber LIMIT 60");
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));

    const alarms = new CloudWatchClient(target.aws);
    const seen = new Set<string>();
    await until(
      "alarm and repair",
      async () => {
        const { MetricAlarms = [] } = await alarms.send(new DescribeAlarmsCommand({ StateValue: "ALARM" }));
        for (const { MetricName = "" } of MetricAlarms) seen.add(MetricName);
        const [{ n } = { n: 0 }] = await sql(
          `SELECT COUNT(*) AS n FROM source.${ORDERS} WHERE comments = 'never landed'`,
        );
        return seen.has("OffsetGaps") && Number(n) >= 100;
      },
      600_000,
    );
    await caughtUp();
    await isEqual(ORDERS);
    const { tables } = JSON.parse(await succeeds("status", "--json")) as StatusAnswer;
    expect(tables.find(({ table }) => table === ORDERS)).toMatchObject({ resync: [], lag: { land: 0, load: 0 } });
    expect(seen).toContain("OffsetGaps");
  });

  /** Key and value as the event source would give them. */
  async function recordAt(topic: string, partition: number, offset: number) {
    const consumer = kafka.consumer({ groupId: `look-${Date.now()}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const found = new Promise<{ readonly key: string | null; readonly value: string | null }>((resolve) => {
      void consumer.run({
        eachMessage: async ({ partition: at, message: { offset: place, key, value } }) => {
          if (at !== partition || Number(place) !== offset) return;
          resolve({ key: key?.toString("base64") ?? null, value: value?.toString("base64") ?? null });
        },
      });
    });
    const record = await found;
    await consumer.disconnect();
    return record;
  }

  /** End offsets once change capture has published what was just written: the topic has stopped growing by then. */
  async function publishedAfter(admin: ReturnType<Kafka["admin"]>, comment: string) {
    const [rows] = await source.query("SELECT COUNT(*) AS n FROM classicmodels.orders WHERE comments = ?", [comment]);
    const changed = (rows as { n: number }[])[0]?.n ?? 0;
    const [{ n } = { n: 0 }] = await sql(
      `SELECT SUM(high) AS n FROM (SELECT "partition", MAX(last_offset) + 1 AS high FROM ops.ledger_${ORDERS} GROUP BY "partition") AS p`,
    );
    let ends = await admin.fetchTopicOffsets(ORDERS);
    await until(
      "the changes are published",
      async () => {
        ends = await admin.fetchTopicOffsets(ORDERS);
        return ends.reduce((sum, { high }) => sum + Number(high), 0) >= Number(n) + changed;
      },
      300_000,
    );
    return ends;
  }

  async function hammer(stop: { now: boolean }): Promise<number> {
    let writes = 0;
    while (!stop.now) {
      writes += 1;
      await source.query(`UPDATE classicmodels.orders SET comments = 'write ${writes}' ORDER BY RAND() LIMIT 20`);
      await source.query(
        `INSERT INTO classicmodels.orders (orderNumber, orderDate, requiredDate, status, customerNumber) SELECT 900000 + ${writes}, '2005-06-30', '2005-07-30', 'Hammer', MIN(customerNumber) FROM classicmodels.customers`,
      );
      if (writes % 3 === 0)
        await source.query(`DELETE FROM classicmodels.orders WHERE orderNumber = 900000 + ${writes - 1}`);
    }
    return writes;
  }
});
