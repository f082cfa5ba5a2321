import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import pg from "pg";
import { generateShop } from "../../../localstack/demo/generator/shop.ts";
import { connectTo, parseSourceUrl } from "../../../localstack/demo/source/connection.ts";
import type { SourceAccess } from "../../../localstack/demo/source/connection.ts";
import { fillSource } from "../../../localstack/demo/source/fill.ts";
import { createRedshiftData } from "../../../localstack/services/redshift-data/service.ts";
import type { RedshiftData } from "../../../localstack/services/redshift-data/service.ts";
import { createObjectStore } from "../../../lambdas/adapters/s3/index.ts";
import type { ObjectStore } from "../../../lambdas/core/ports.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { tables as shipped } from "../../../schemas/sources/index.ts";
import { startAwsProxy } from "../wire/aws.ts";
import { Traps } from "../wire/fault.ts";
import type { Wire } from "../wire/fault.ts";
import { startKafkaProxy } from "../wire/kafka.ts";
import type { Proxy } from "../wire/listen.ts";
import { startMysqlProxy } from "../wire/mysql.ts";
import { startWarehouseProxy } from "../wire/warehouse.ts";
import { bundleFunctions } from "./bundles.ts";
import { CopyMachine } from "./copy-machine.ts";
import { choosePorts, enginesIn } from "./engines.ts";
import type { Engines } from "./engines.ts";
import { BUCKETS, Functions, QUEUES, SECRETS } from "./functions.ts";
import { Topics } from "./topics.ts";
import { visits, VISITS_DDL } from "./visits.ts";

/** The source's database, and a small shop in it. */
const DATABASE = "classicmodels";
/** Definitions of other areas have no database here. */
const tables: readonly AnyTable[] = [...shipped.filter(({ area }) => area.database === DATABASE), visits];
const REGION = "us-east-1";
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** Everything that runs: real engines, the stand-in of the Data API, the real bundles, and proxies on every wire. */
export interface World {
  readonly tables: readonly AnyTable[];
  readonly traps: Traps;
  readonly engines: Engines;
  readonly functions: Functions;
  readonly topics: Topics;
  readonly copies: CopyMachine;
  readonly landing: ObjectStore;
  readonly sqs: SQSClient;
  readonly queueUrl: (name: keyof typeof QUEUES) => string;
  readonly source: SourceAccess;
  readonly database: string;
  /** The warehouse's storage without a proxy: what checks read. */
  readonly warehouseUrl: string;
  /** Rows of a query on the warehouse's storage; values as text. */
  readonly ask: (sql: string) => Promise<readonly Readonly<Record<string, string | null>>[]>;
  /** Waits until every engine that was killed answers again. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly seed: number;
  readonly orders: number;
  readonly say: (what: string) => void;
  readonly signal: AbortSignal;
}

export async function startWorld({ seed, orders, say, signal }: WorldOptions): Promise<World> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "millrace-faults-"));
  // PostgreSQL, which does not run as root, needs a way in.
  await chmod(dataDir, 0o755);
  const ports = await choosePorts();
  const engines = enginesIn(dataDir, ports, signal);
  const traps = new Traps();
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.toReversed()) await close().catch(() => undefined);
    await Promise.all(Object.values(engines).map((engine: Engines["aws"]) => engine.stop()));
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await mkdir(path.join(dataDir, "logs"), { recursive: true });
    say("starting the engines, bundling the functions");
    const started = Promise.all([
      engines.aws.start(),
      engines.kafka.start(),
      engines.mysql.start(),
      engines.warehouse.start(),
      bundleFunctions(dataDir),
    ]);
    const keep = (proxy: Proxy): void => void closing.push(() => proxy.close());
    keep(await startKafkaProxy(ports.kafkaProxy, ports.kafka, traps));
    keep(await startMysqlProxy(ports.mysqlProxy, ports.mysql, traps));
    keep(await startWarehouseProxy(ports.warehouseProxy, ports.warehouse, traps));
    const [aws, , mysql, warehouse, bundles] = await started;

    const awsProxy = `http://127.0.0.1:${ports.awsProxy}`;
    const storage = new URL(warehouse.endpoint);
    storage.port = String(ports.warehouseProxy);
    const dataApi = await createRedshiftData({
      warehouseUrl: storage.toString(),
      // Through the proxy: what COPY reads can fail as well.
      s3: { endpoint: awsProxy, region: REGION, credentials: CREDENTIALS },
      dataDir,
    });
    closing.push(() => dataApi.close());
    const copies = new CopyMachine();
    keep(await startAwsProxy(ports.awsProxy, aws.endpoint, hostedServices(dataApi, copies, ports.kafkaProxy), traps));

    const clients = { endpoint: aws.endpoint, region: REGION, credentials: CREDENTIALS };
    const s3 = new S3Client({ ...clients, forcePathStyle: true });
    const sqs = new SQSClient(clients);
    await prepareAws(s3, sqs, clients);
    closing.push(async () => [s3, sqs].map((client) => client.destroy()));

    const source = parseSourceUrl(mysql.endpoint);
    say(`filling the source (${orders} orders)`);
    const writer = await connectTo(source);
    await fillSource(writer, { database: DATABASE, rows: generateShop({ orders, seed }), onProgress: () => undefined });
    await writer.query(VISITS_DDL);
    await writer.end();
    const topics = new Topics(tables, ports.kafka);
    closing.push(() => topics.close());
    await topics.create();

    const database = storage.pathname.slice(1);
    const functions = new Functions(bundles, dataDir, ports, database);
    closing.push(() => functions.stop());
    const questions = asker(warehouse.endpoint);
    closing.push(() => questions.close());
    let brokersSeen = 0;
    const byWire: Readonly<Record<Wire, Engines["aws"]>> = engines;
    traps.crash = (wire) => byWire[wire].crash();
    return {
      ...{ tables, traps, engines, functions, topics, copies, sqs, source, database, stop },
      landing: createObjectStore(BUCKETS.landing, s3),
      queueUrl: (name) => `${aws.endpoint}/000000000000/${QUEUES[name]}`,
      warehouseUrl: warehouse.endpoint,
      ask: questions.ask,
      settled: async () => {
        await Promise.all([engines.kafka.settled(), engines.mysql.settled(), engines.warehouse.settled()]);
        if (engines.kafka.crashes === brokersSeen) return;
        brokersSeen = engines.kafka.crashes;
        await topics.consume();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Services that LocalStack lacks, or that the harness plays: scheduler, state machine, asynchronous invocation. */
function hostedServices(dataApi: RedshiftData, copies: CopyMachine, kafkaPort: number) {
  const read = (body: Buffer): unknown => JSON.parse(body.toString("utf8") || "{}");
  return {
    "redshift-data": (operation: string, body: Buffer) =>
      dataApi.handle(operation, read(body), { region: REGION, account: "000000000000" }),
    kafka: async () => ({ bootstrapBrokerString: `127.0.0.1:${kafkaPort}` }),
    lambda: async () => undefined,
    states: async (operation: string, body: Buffer) => copies.handle(operation, read(body)),
  };
}

async function prepareAws(
  s3: S3Client,
  sqs: SQSClient,
  clients: { readonly endpoint: string; readonly region: string; readonly credentials: typeof CREDENTIALS },
): Promise<void> {
  for (const bucket of Object.values(BUCKETS)) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const queue of Object.values(QUEUES)) {
    await sqs.send(new CreateQueueCommand({ QueueName: queue, Attributes: { FifoQueue: "true" } }));
  }
  const secrets = new SecretsManagerClient(clients);
  const capture = JSON.stringify({ username: "capture", password: "capture" });
  await secrets.send(new CreateSecretCommand({ Name: SECRETS.source, SecretString: capture }));
  await secrets.send(
    new CreateSecretCommand({ Name: SECRETS.personal, SecretString: JSON.stringify({ key: "k".repeat(64) }) }),
  );
  secrets.destroy();
}

/** Questions over one connection, and over a new one when the server was killed. */
function asker(url: string): { readonly ask: World["ask"]; close(): Promise<void> } {
  let client: pg.Client | null = null;
  const connected = async (): Promise<pg.Client> => {
    if (client !== null) return client;
    const fresh = new pg.Client({ connectionString: url, types: { getTypeParser: () => (value: string) => value } });
    const forget = (): void => {
      if (client === fresh) client = null;
    };
    fresh.on("error", forget).on("end", forget);
    await fresh.connect();
    return (client = fresh);
  };
  const rowsOf = async (sql: string): ReturnType<World["ask"]> =>
    (await (await connected()).query<Record<string, string | null>>(sql)).rows;
  return {
    ask: async (sql) => {
      try {
        return await rowsOf(sql);
      } catch (error) {
        if (error instanceof pg.DatabaseError && !(error.code ?? "").startsWith("57P")) throw error;
        client = null;
        return rowsOf(sql);
      }
    },
    close: async () => client?.end(),
  };
}
