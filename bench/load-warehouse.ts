import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { startPostgres } from "../localstack/engines/postgres.ts";
import { createRedshiftData } from "../localstack/services/redshift-data/service.ts";
import type { RedshiftData } from "../localstack/services/redshift-data/service.ts";
import { definitionHash, fileDefinition } from "../schemas/hash.ts";
import { historyName, mirrorName, topicName, WAREHOUSE_SCHEMAS } from "../schemas/naming.ts";
import { customers } from "../schemas/sources/classicmodels/customers.ts";
import { landingColumns } from "../schemas/sql/columns.ts";
import { manifestText } from "../schemas/sql/copy.ts";
import { createSchema, createTable } from "../schemas/sql/ddl.ts";
import type { TableSpec } from "../schemas/sql/ddl.ts";
import { loadTransaction } from "../schemas/sql/load-transaction.ts";
import type { LoadPlan } from "../schemas/sql/load-transaction.ts";
import { batchTable, tableSpecs } from "../schemas/sql/tables.ts";
import { compared } from "./result.ts";
import type { Bench } from "./result.ts";

const ROWS = 500_000;
const FILES = 8;
const ASKED = 0.5;
const DATABASE = "bench";
const CONTEXT = { region: "us-east-1", account: "000000000000" };

/** The rows of the files as they are, with their own types. */
const bareTable: TableSpec = {
  name: "bare.rows",
  comment: "",
  columns: landingColumns(customers),
  primaryKey: [],
  distribution: { style: "EVEN" },
  sortKey: [],
};

/** Objects to committed mirror and history rows, against a bare COPY of the same rows into the same server. */
export const run: Bench = async ({ dir, scale, log }) => {
  const rows = Math.max(FILES, Math.round(ROWS * scale));
  const postgres = await startPostgres({ dataDir: dir });
  const objects = new Map<string, Buffer>();
  const owner = new Client({ connectionString: postgres.endpoint });
  await owner.connect();
  await owner.query(`CREATE DATABASE ${DATABASE}`);
  await owner.end();
  const data = await createRedshiftData({
    warehouseUrl: postgres.endpoint,
    s3: {
      endpoint: "http://127.0.0.1:1",
      region: CONTEXT.region,
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    },
    dataDir: dir,
    objects: {
      read: async ({ key }) => {
        const body = objects.get(key);
        return body === undefined ? null : Readable.from([body]);
      },
      list: async () => [],
      write: async () => undefined,
    },
  });
  try {
    await execute(data, [...WAREHOUSE_SCHEMAS.map(createSchema), createTable(batchTable)]);
    await execute(data, tableSpecs(customers).map(createTable));
    await execute(data, [createSchema("bare"), createTable(bareTable)]);
    const plan = writeFiles(objects, rows);
    const texts = files(objects);

    log("measuring a bare COPY");
    const bare = await bareCopy(postgres.endpoint, texts);
    log("measuring ours");
    const began = process.hrtime.bigint();
    await execute(data, loadTransaction(plan));
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    await check(data, rows);
    return [
      compared({
        name: "load-warehouse",
        rate: rows / seconds,
        unit: "rows/s",
        against: { name: "bare COPY", rate: rows / bare },
        asked: ASKED,
        peakMb: null,
        details: { rows, seconds, bareSeconds: bare, files: FILES },
      }),
    ];
  } finally {
    await data.close();
    await postgres.stop();
  }
};

const version = (n: number): string => `00001.0000000001.${String(n).padStart(16, "0")}.00000000.1`;

function writeFiles(objects: Map<string, Buffer>, rows: number): LoadPlan {
  const file = fileDefinition(customers);
  const columns = landingColumns(customers).map(({ name }) => name);
  const perFile = Math.ceil(rows / FILES);
  const keys: string[] = [];
  for (let n = 0; n < FILES; n++) {
    const from = n * perFile;
    const to = Math.min(rows, from + perFile);
    let text = "";
    for (let i = from; i < to; i++) text += `${line(columns, i, file.nullMarker)}\n`;
    const key = `landing/${n}.csv.gz`;
    objects.set(key, gzipSync(text, { level: 1 }));
    keys.push(key);
  }
  const manifest = "manifests/bench.json";
  objects.set(manifest, Buffer.from(manifestText("bench", keys)));
  return {
    file,
    definition: definitionHash(file),
    topic: topicName(customers),
    batch: randomBytes(16).toString("hex"),
    ranges: [{ partition: 0, first: 0, last: rows - 1, rows, quarantined: 0 }],
    manifest: `s3://bench/${manifest}`,
    rows,
    quarantined: 0,
    role: "arn:aws:iam::000000000000:role/copy",
    starred: true,
  };
}

function line(columns: readonly string[], n: number, nullMarker: string): string {
  const values: Readonly<Record<string, string>> = {
    _version: version(n),
    _op: "c",
    _commit_at: "2024-01-31 10:00:00.000000",
    _captured_at: "2024-01-31 10:00:01.500000",
    _partition: "0",
    _offset: String(n),
    _key: '""',
    customer_number: String(n),
    customer_name: `"Häuser & Söhne ${n}"`,
    contact_last_name: '"Müller"',
    contact_first_name: '"Zoë"',
    phone: '"+49 69 66 90 2555"',
    address_line1: `"Lyonerstr. ${n}"`,
    city: '"Frankfurt"',
    postal_code: `"${60_000 + (n % 10_000)}"`,
    country: '"Germany"',
    sales_rep_employee_number: "1504",
    credit_limit: `${n % 100_000}.50`,
  };
  return columns.map((name) => values[name] ?? nullMarker).join(",");
}

const files = (objects: ReadonlyMap<string, Buffer>): readonly Buffer[] =>
  [...objects].flatMap(([key, body]) => (key.endsWith(".gz") ? [body] : []));

/** The same files into a table of their own, gzip undone on the way: what COPY itself costs. */
async function bareCopy(url: string, texts: readonly Buffer[]): Promise<number> {
  const address = new URL(url);
  address.pathname = `/${DATABASE}`;
  const client = new Client({ connectionString: address.href });
  await client.connect();
  try {
    const { nullMarker } = fileDefinition(customers);
    const began = process.hrtime.bigint();
    for (const body of texts) {
      const copy = client.query(copyFrom(`COPY bare.rows FROM STDIN WITH (FORMAT csv, NULL '${nullMarker}')`));
      await pipeline(Readable.from([gunzipSync(body)]), copy);
    }
    return Number(process.hrtime.bigint() - began) / 1e9;
  } finally {
    await client.end();
  }
}

async function execute(data: RedshiftData, Sqls: readonly string[]): Promise<string> {
  const target = { WorkgroupName: "bench", Database: DATABASE };
  const { Id } = (await data.handle("BatchExecuteStatement", { ...target, Sqls }, CONTEXT)) as { Id: string };
  for (;;) {
    const answer = await data.handle("DescribeStatement", { Id, WaitTimeSeconds: 20 }, CONTEXT);
    const { Status, Error: reason } = answer as { Status: string; Error?: string };
    if (Status === "FINISHED") return Id;
    if (Status === "FAILED" || Status === "ABORTED") throw new Error(reason ?? Status);
  }
}

/** A bench of a load that loads nothing would be quick. */
async function check(data: RedshiftData, rows: number): Promise<void> {
  const counts = [mirrorName(customers), historyName(customers)].map((name) => `(SELECT COUNT(*) FROM ${name})`);
  const wanted = counts.map((count) => `${count} = ${rows}`).join(" AND ");
  await execute(data, [`SELECT CAST(CASE WHEN ${wanted} THEN '0' ELSE 'rows are missing' END AS INTEGER)`]);
}
