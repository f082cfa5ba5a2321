import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { startKafka } from "../../../localstack/engines/kafka.ts";
import { givenMysql, startMysql } from "../../../localstack/engines/mysql.ts";
import { isListening } from "../../../localstack/engines/ports.ts";
import { startPostgres } from "../../../localstack/engines/postgres.ts";
import { isRunning } from "../../../cli/processes.ts";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";

let dataDir: string;
const started: RunningEngine[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "millrace-engines-"));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((engine) => engine.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

function kept<E extends RunningEngine>(engine: E): E {
  started.push(engine);
  return engine;
}

async function expectToStop(engine: RunningEngine): Promise<void> {
  expect(isRunning({ pid: engine.pid ?? NaN })).toBe(true);
  expect(existsSync(engine.log ?? "")).toBe(true);
  await engine.stop();
  expect(isRunning({ pid: engine.pid ?? NaN })).toBe(false);
  await engine.stop();
}

describe("Kafka", () => {
  it("takes and gives records, and stops", async () => {
    const engine = kept(await startKafka({ dataDir }));
    const kafka = new Kafka({ brokers: [engine.endpoint], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "t", numPartitions: 2 }] });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: "t", messages: [{ partition: 1, key: "k", value: "v" }] });
    expect(await admin.fetchTopicOffsets("t")).toEqual(
      expect.arrayContaining([expect.objectContaining({ partition: 1, high: "1" })]),
    );
    await Promise.all([producer.disconnect(), admin.disconnect()]);
    await expectToStop(engine);
  }, 60_000);
});

describe("the source", () => {
  it("writes the binlog that captures need, for an owner and a capturing user, and stops", async () => {
    const engine = kept(await startMysql({ dataDir }));
    const owner = await createConnection({ uri: engine.endpoint, multipleStatements: true });
    const [rows] = await owner.query(
      "SELECT @@binlog_format f, @@binlog_row_image i, @@binlog_row_metadata m, @@time_zone z, @@character_set_server c, @@log_bin l",
    );
    expect(rows).toEqual([{ f: "ROW", i: "FULL", m: "FULL", z: "+00:00", c: "utf8mb4", l: 1 }]);
    await owner.query("CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY); INSERT INTO shop.t VALUES (1)");
    await owner.end();
    const capture = await createConnection(engine.captureEndpoint);
    expect((await capture.query("SELECT id FROM shop.t"))[0]).toEqual([{ id: 1 }]);
    expect((await capture.query("SHOW BINARY LOGS"))[0]).not.toEqual([]);
    await expect(capture.query("INSERT INTO shop.t VALUES (2)")).rejects.toThrow(/denied/);
    await capture.end();
    await expectToStop(engine);
  }, 60_000);

  it("is used as it is when given by URL, and says what is wrong with the URL", async () => {
    const engine = kept(await startMysql({ dataDir }));
    const given = await givenMysql(engine.endpoint);
    expect(given.pid).toBeUndefined();
    await given.stop();
    expect(isRunning({ pid: engine.pid ?? NaN })).toBe(true);
    const wrong = engine.endpoint.replace(":millrace@", ":wrong@");
    await expect(givenMysql(wrong)).rejects.toThrow(/cannot be used \(ER_ACCESS_DENIED_ERROR\)/);
    await expect(givenMysql("mysql://a:b@127.0.0.1:1")).rejects.toThrow(/ECONNREFUSED/);
    await expect(givenMysql("shop")).rejects.toThrow(/mysql:\/\/user:password@host:port/);
  }, 60_000);
});

describe("the warehouse's storage", () => {
  it("is PostgreSQL 18 that compares text by its bytes, and stops while a client is connected", async () => {
    const engine = kept(await startPostgres({ dataDir }));
    const client = new pg.Client(engine.endpoint);
    // The server says why it ends the connection.
    client.on("error", () => {});
    await client.connect();
    const { rows } = await client.query<{ version: string; order: boolean; upper: string }>(
      `SELECT current_setting('server_version') AS version, 'B' < 'a' AS "order", upper('é') AS upper`,
    );
    expect(rows).toEqual([{ version: expect.stringMatching(/^18\./), order: true, upper: "É" }]);
    await expectToStop(engine);
  }, 60_000);
});

describe("a start that fails", () => {
  it("names the taken port, its variable and the fix", async () => {
    const blocker = net.createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as net.AddressInfo;
    await expect(startPostgres({ dataDir, port })).rejects.toThrow(
      `Port ${port} for warehouse is taken: stop what listens on 127.0.0.1:${port}, or set MILLRACE_WAREHOUSE_PORT`,
    );
    await new Promise((resolve) => blocker.close(resolve));
  });

  it("leaves nothing running when it is given up", async () => {
    const given = AbortSignal.abort();
    await expect(startKafka({ dataDir, signal: given, port: 29_876 })).rejects.toThrow(
      "kafka was stopped before it was ready",
    );
    expect(await isListening(29_876)).toBe(false);
  }, 60_000);
});
