import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { MSKEvent, MSKRecord } from "aws-lambda";
import { Kafka, logLevel } from "kafkajs";
import type { Connection } from "mysql2/promise";
import { captureChanges } from "../../../lambdas/capture-changes/capture-changes.ts";
import { copyChunk } from "../../../lambdas/capture-snapshot/chunk.ts";
import { finishSnapshot } from "../../../lambdas/capture-snapshot/finish.ts";
import { planSnapshot } from "../../../lambdas/capture-snapshot/plan.ts";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { newId, now, sleep } from "../../../lambdas/adapters/clock/index.ts";
import { createPublisher, openOffsets } from "../../../lambdas/adapters/kafka/index.ts";
import type { KafkaConnection } from "../../../lambdas/adapters/kafka/index.ts";
import { connectSource, parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import { personalDataOf } from "../../../lambdas/adapters/personal-data/index.ts";
import { parseCheckpoint } from "../../../lambdas/core/checkpoint.ts";
import { METRICS } from "../../../lambdas/core/metrics.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import { comparePositions } from "../../../lambdas/core/version.ts";
import { encoderCache } from "../../../lambdas/land-batch/encode-range.ts";
import { landBatch } from "../../../lambdas/land-batch/land-batch.ts";
import { connectTo, parseSourceUrl } from "../../../localstack/demo/source/connection.ts";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import type { RunningSource } from "../../../localstack/engines/mysql.ts";
import { topicName } from "../../../schemas/naming.ts";
import { tableSpecs } from "../../../schemas/sql/tables.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { mskRecord } from "../../support/loading/records.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { PEOPLE_DDL, persons, places, visits } from "../../support/people.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const KEY = "k".repeat(64);
const personal = personalDataOf(KEY);
const pseudonym = (text: string): string => createHmac("sha256", KEY).update(text).digest("hex");
const tables = [persons, visits, places];
const settings = { sourceName: "test", definitions: tables };
/** Everything personal has one of these in it; so has every unknown column. */
const CANARIES = ["kanarie", "7700123456789", "1911-11-11"];

interface Message {
  readonly topic: string;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

let folder: string;
let kafka: RunningEngine;
let source: RunningSource;
let connection: KafkaConnection;
let writer: Connection;
let loading: Loading;
const state = memoryStore("state");
const telemetry = recordingTelemetry();
let messages: readonly Message[];

const row = (who: string, city: string): string =>
  `('${who}', 'Kanarie ${who}', 'unknown kanarie', 7700123456789, '1911-11-11', 'kanarie token', '+49 kanarie', '{"a":"kanarie"}', '${city}')`;

async function change(): Promise<void> {
  await writer.query(`INSERT INTO people.persons VALUES ${row("kanarie-c@x.org", "Rome")}`);
  await writer.query(
    "UPDATE people.persons SET fullName = 'Kanarie Neu', phone = 'kanarie 2' WHERE email = 'kanarie-a@x.org'",
  );
  await writer.query("UPDATE people.persons SET email = 'kanarie-moved@x.org' WHERE email = 'kanarie-b@x.org'");
  await writer.query("ALTER TABLE people.persons ADD COLUMN unknown3 VARCHAR(50) DEFAULT 'kanarie default' FIRST");
  await writer.query(
    "UPDATE people.persons SET unknown3 = 'kanarie 3', city = NULL, fullName = NULL WHERE email = 'kanarie-c@x.org'",
  );
  await writer.query(
    "INSERT INTO people.visits VALUES (2, 'kanarie-a@x.org', 'kanarie', 'b'), (3, 'kanarie-c@x.org', NULL, REPEAT('z', 70000))",
  );
  await writer.query("UPDATE people.visits SET page = REPEAT('y', 70000) WHERE id = 2");
  await writer.query("INSERT INTO people.places VALUES (2, 'Rome', 'seven hills')");
  await writer.query("DELETE FROM people.persons WHERE email = 'kanarie-d@x.org'");
}

/** As a Debezium connector and as anybody would write it: the source's own values. */
async function writeForeign(): Promise<void> {
  const value = {
    before: null,
    after: { email: "kanarie-f@x.org", fullName: "Kanarie", tax: 7700123456789, city: "Oslo" },
    op: "c",
    ts_ms: 1,
    source: { file: "binlog.000001", pos: 4, row: 0, ts_ms: 1, snapshot: "false" },
  };
  const ours = { ...value, source: { ...value.source, epoch: 1 } };
  const producer = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({
    topic: topicName(persons),
    messages: [JSON.stringify(value), JSON.stringify(ours), "kanarie is no JSON"].map((text) => ({
      key: "kanarie",
      value: text,
    })),
  });
  await producer.disconnect();
}

async function consume(ends: ReadonlyMap<string, readonly number[]>): Promise<readonly Message[]> {
  const found: Message[] = [];
  const wanted = [...ends.values()].flat().reduce((sum, end) => sum + end, 0);
  const consumer = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).consumer({
    groupId: `c${wanted}`,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...ends.keys()], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ topic, message: { offset, key, value } }) => {
          found.push({ topic, offset: Number(offset), key, value });
          if (found.length === wanted) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found.sort((a, b) => a.offset - b.offset);
}

async function landAndLoad(of: readonly Message[]): Promise<void> {
  for (const table of tables) {
    const topic = topicName(table);
    const records = of
      .filter((message) => message.topic === topic)
      .map(({ offset, key, value }): MSKRecord => ({
        ...mskRecord(topic, 0, offset, value?.toString("utf8") ?? null),
        key: key?.toString("base64") ?? "",
      }));
    const event = { records: { [`${topic}-0`]: records } } as unknown as MSKEvent;
    const { landing, quarantine } = loading;
    await landBatch(
      event,
      { cluster: "test-0", wakeSlotSeconds: 10, tables, encoders: encoderCache(1) },
      { landing, quarantine, wake: async () => undefined, telemetry, now },
    );
    await loading.load(table);
  }
}

/** Runs change capture until it has published all that the source has committed. */
async function captureAll(target: ReturnType<typeof parseMysqlUrl>, end: { file: string; pos: number }): Promise<void> {
  await captureChanges(
    { sourceName: "test", tables, serverIdBase: 7_100, runSeconds: 120, handover: false },
    {
      state,
      telemetry,
      now,
      newId,
      sleep: async (_, signal) => {
        await sleep(50, signal);
        const stored = state.objects.get(checkpointKey("test"));
        if (stored === undefined) throw new Error("no checkpoint");
        const { position } = parseCheckpoint(stored.body.toString(), "");
        if (comparePositions(position, { epoch: 1, ...end }) >= 0)
          state.objects.set(checkpointKey("test"), { ...stored, etag: "taken" });
      },
      openBinlog: binlogOf(target, personal),
      openSource: () => connectSource(target, personal),
      openPublisher: () => createPublisher(connection),
      invokeNext: async () => undefined,
    },
  );
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-canary-"));
  [kafka, source, loading] = await Promise.all([
    startKafka({ dataDir: folder }),
    startMysql({ dataDir: folder }),
    startLoading(),
  ]);
  await loading.migrate(tables);
  connection = { brokers: [kafka.endpoint], auth: "none", region: "us-east-1" };
  const admin = new Kafka({ brokers: [kafka.endpoint], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: tables.map((t) => ({ topic: topicName(t), numPartitions: 1 })) });
  await admin.disconnect();

  writer = await connectTo(parseSourceUrl(source.endpoint));
  for (const statement of PEOPLE_DDL) await writer.query(statement);
  const rows = ["a", "b", "d"].map((letter) => row(`kanarie-${letter}@x.org`, "Bern"));
  await writer.query(
    `INSERT INTO people.persons VALUES ${rows.join(", ")}, ('plain@x.org', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  );
  await writer.query("INSERT INTO people.visits VALUES (1, 'kanarie-a@x.org', 'kanarie', 'a')");
  await writer.query("INSERT INTO people.places VALUES (1, 'Bern', 'bears')");

  const target = parseMysqlUrl(source.captureEndpoint);
  const reader = await connectSource(target, personal);
  const { snapshotId, chunks } = await planSnapshot(
    { ...settings, kind: "copy", only: null, chunkRows: 500 },
    { state, source: reader, telemetry, now, newId },
  );
  const publisher = await createPublisher(connection);
  for (const { chunk } of chunks) {
    const request = { ...settings, snapshotId, chunk, rowsPerSecond: 0 };
    const ports = { state, source: reader, publisher, telemetry, now, sleep, seal: personal.seal };
    // Out of time after the first rows: what it keeps to go on from is a key.
    await copyChunk(request, { ...ports, remaining: () => 0 });
    kept.push(...[...state.objects.values()].map(({ body }) => body.toString("utf8")));
    await copyChunk(request, { ...ports, remaining: () => 600_000 });
  }
  const offsets = await openOffsets(connection);
  await finishSnapshot({ ...settings, snapshotId }, { state, publisher, endOffsets: offsets.endOffsets, now });
  await publisher.close();
  await change();
  await captureAll(target, await reader.currentPlace());
  const ours = await offsets.endOffsets(tables.map(topicName));
  messages = await consume(ours);
  await writeForeign();
  await landAndLoad(await consume(await offsets.endOffsets(tables.map(topicName))));
  await offsets.close();
  await reader.close();
}, 180_000);

/** State objects as they were between two runs of a chunk. */
const kept: string[] = [];

afterAll(async () => {
  await writer.end();
  await Promise.all([kafka.stop(), source.stop(), loading.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** Names the canaries that a text has in it, plain, in hexadecimal or in base64. */
function canariesIn(text: string): readonly string[] {
  const decoded = text.replace(
    /[A-Za-z0-9+/]{8,}={0,2}/g,
    (part) => `${part} ${Buffer.from(part, "base64").toString("latin1")}`,
  );
  const low = decoded.toLowerCase();
  return CANARIES.filter((canary) => low.includes(canary) || low.includes(Buffer.from(canary).toString("hex")));
}

describe("personal data, and columns nobody has defined beside it, on real engines", () => {
  it("would be found by the search", () => {
    expect(canariesIn(Buffer.from("x kanarie").toString("base64"))).toEqual(["kanarie"]);
    expect(canariesIn(Buffer.from("kanarie").toString("hex"))).toEqual(["kanarie"]);
    expect(canariesIn('{"tax":7700123456789,"born":"1911-11-11"}')).toEqual(["7700123456789", "1911-11-11"]);
  });

  it("are in no record of Kafka, key or value", () => {
    expect(messages.length).toBeGreaterThan(12);
    for (const { key, value } of messages) expect(canariesIn(`${String(key)} ${String(value)}`)).toEqual([]);
  });

  it("are in no object: landing, quarantine, state, also not in what a chunk goes on from", () => {
    const files = [...loading.landing.objects].map(([name, { body }]) =>
      name.endsWith(".gz") ? gunzipSync(body).toString("utf8") : body.toString("utf8"),
    );
    const others = [loading.quarantine, state].flatMap((store) =>
      [...store.objects.values()].map(({ body }) => body.toString("utf8")),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const text of [...files, ...others, ...kept]) expect(canariesIn(text)).toEqual([]);
    expect(kept.some((text) => text.includes('"sealed"'))).toBe(true);
  });

  it("are in no log line and no cell of the warehouse", async () => {
    expect(telemetry.lines.length).toBeGreaterThan(5);
    for (const line of [...telemetry.lines, ...loading.telemetry.lines]) expect(canariesIn(line)).toEqual([]);
    for (const { name } of tables.flatMap(tableSpecs)) {
      expect([name, canariesIn(JSON.stringify(await loading.rows(`SELECT * FROM ${name}`)))]).toEqual([name, []]);
    }
  });

  it("quarantines what fails: ours with its payload, anything else without", () => {
    const lines = [...loading.quarantine.objects.values()].flatMap(({ body }) =>
      body.toString("utf8").trim().split("\n"),
    );
    const records = lines.map(
      (line) => JSON.parse(line) as { topic: string; value: string | null; withheld?: true; reason: string },
    );
    const foreign = records.filter(({ topic }) => topic === "people_persons");
    expect(foreign.map(({ value, withheld }) => [value, withheld])).toEqual(Array(3).fill([null, true]));
    expect(foreign.map(({ reason }) => reason)).toEqual([
      expect.stringContaining("another connector"),
      expect.stringContaining("column email is personal data"),
      expect.stringContaining("cannot be read"),
    ]);
    const ours = records.filter(({ topic }) => topic === "people_visits");
    expect(ours).toHaveLength(2);
    for (const { value } of ours)
      expect(Buffer.from(value ?? "", "base64").toString()).toMatch(/"email":"[0-9a-f]{64}"/);
  });

  it("arrive as HMAC-SHA-256 of their canonical text; NULL stays NULL; dropped ones have no column", async () => {
    const found = await loading.rows("SELECT * FROM source.people_persons ORDER BY city, email");
    const names = ["email", "name", "tax", "born", "token", "city"];
    expect(Object.keys(found[0] ?? {}).sort()).toEqual([...names].sort());
    const of = (who: string) => found.find(({ email }) => email === pseudonym(who));
    expect(of("kanarie-a@x.org")).toEqual({
      email: pseudonym("kanarie-a@x.org"),
      name: pseudonym("Kanarie Neu"),
      tax: pseudonym("7700123456789"),
      born: pseudonym("1911-11-11"),
      token: pseudonym(Buffer.from("kanarie token").toString("base64")),
      city: "Bern",
    });
    expect(of("kanarie-moved@x.org")?.["name"]).toBe(pseudonym("Kanarie kanarie-b@x.org"));
    expect(of("kanarie-c@x.org")).toMatchObject({ name: null, city: null });
    expect(of("plain@x.org")).toMatchObject({ name: null, tax: null, born: null, token: null });
    expect(found).toHaveLength(4);
    const [deleted] = await loading.rows("SELECT COUNT(*) AS n FROM mirror.people_persons WHERE _deleted");
    expect(deleted).toEqual({ n: 2 });
  });

  it("still join, also across character sets", async () => {
    const joined = await loading.rows(
      "SELECT v.id, p.city FROM source.people_visits v JOIN source.people_persons p ON p.email = v.email ORDER BY v.id",
    );
    expect(joined).toEqual([
      { id: 1, city: "Bern" },
      { id: 2, city: "Bern" },
    ]);
  });

  it("agree in before and after images, keys, and between snapshot and log", () => {
    const records = messages.map(
      ({ value }) => JSON.parse(String(value)) as { before: object | null; after: object | null; op: string },
    );
    const persons = records.filter(({ before, after }) => "tax" in (before ?? after ?? {}));
    const seen = (op: string, side: "before" | "after") =>
      persons.filter((record) => record.op === op).map((record) => Object.keys(record[side] ?? {}).sort());
    const columns = ["born", "city", "email", "fullName", "tax", "token"];
    for (const [op, side] of [
      ["r", "after"],
      ["c", "after"],
      ["u", "before"],
      ["u", "after"],
      ["d", "before"],
    ] as const) {
      expect(seen(op, side).length).toBeGreaterThan(0);
      for (const names of seen(op, side)) expect(names).toEqual(columns);
    }
  });

  it("is counted where columns stay at the source, and kept in _unmapped in tables without personal data", async () => {
    expect(telemetry.metrics.get(METRICS.unmapped)).toBeGreaterThanOrEqual(3);
    expect(telemetry.lines.filter((line) => line.includes("stays at the source")).join()).toContain("unknown3");
    const rows = await loading.rows(
      "SELECT id, JSON_SERIALIZE(_unmapped) AS rest FROM mirror.people_places ORDER BY id",
    );
    expect(rows).toEqual([
      { id: 1, rest: '{"extra":"bears"}' },
      { id: 2, rest: '{"extra":"seven hills"}' },
    ]);
    for (const { name } of [persons, visits])
      expect(
        await loading.rows(`SELECT COUNT(*) AS n FROM history.people_${name} WHERE _unmapped IS NOT NULL`),
      ).toEqual([{ n: 0 }]);
  });

  it("does not show in the error for a change that was logged as a statement", async () => {
    const target = parseMysqlUrl(source.captureEndpoint);
    await writer.query("SET SESSION binlog_format = 'STATEMENT'");
    await writer.query("UPDATE people.persons SET fullName = 'kanarie statement' WHERE email = 'plain@x.org'");
    await writer.query("SET SESSION binlog_format = 'ROW'");
    const stored = parseCheckpoint(state.objects.get(checkpointKey("test"))?.body.toString() ?? "", "");
    const read = async (): Promise<void> => {
      const events = binlogOf(target, { ...personal, untilEnd: true })({
        from: stored.position,
        gtid: null,
        serverId: 7_190,
        tables,
        signal: new AbortController().signal,
      });
      for await (const batch of events) expect(batch).toBeDefined();
    };
    const error = await read().then(
      () => null,
      (cause: unknown) => cause as Error,
    );
    expect(error?.message).toContain("people.persons");
    expect(canariesIn(error?.message ?? "")).toEqual([]);
  });
});
