import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Connection } from "mysql2/promise";
import { runMix } from "../../../localstack/demo/changes/mix.ts";
import { TABLES } from "../../../localstack/demo/generator/rows.ts";
import { generateShop } from "../../../localstack/demo/generator/shop.ts";
import type { SourceAccess } from "../../../localstack/demo/source/connection.ts";
import { connectTo, parseSourceUrl, RAW_BYTES, rowsOf } from "../../../localstack/demo/source/connection.ts";
import { checkDump, loadDump } from "../../../localstack/demo/source/dump.ts";
import { fillSource } from "../../../localstack/demo/source/fill.ts";
import type { RunningSource } from "../../../localstack/engines/mysql.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";

jest.setTimeout(120_000);

let folder = "";
let server: RunningSource;
let access: SourceAccess;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "millrace-demo-"));
  server = await startMysql({ dataDir: folder });
  access = parseSourceUrl(server.endpoint);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const counts = async (connection: Connection, database: string): Promise<number[]> => {
  const found: number[] = [];
  for (const table of TABLES) {
    const [row] = await rowsOf<{ n: string | number }>(connection, `SELECT COUNT(*) AS n FROM ${database}.${table}`);
    found.push(Number(row?.n));
  }
  return found;
};

const quiet = { onProgress: () => undefined };

async function filled(database: string): Promise<Connection> {
  const connection = await connectTo(access);
  await fillSource(connection, { database, rows: generateShop({ orders: 60, seed: 5 }), ...quiet });
  return connection;
}

describe("fillSource", () => {
  it("writes every generated row with keys and foreign keys in force", async () => {
    const connection = await filled("filled");
    const generated = [...generateShop({ orders: 60, seed: 5 })];
    const expected = TABLES.map((table) => generated.filter((row) => row.table === table).length);
    expect(await counts(connection, "filled")).toEqual(expected);
    const [image] = await rowsOf<{ image: Buffer }>(
      connection,
      "SELECT image FROM filled.productlines WHERE image IS NOT NULL LIMIT 1",
    );
    expect(image?.image.at(-1)).toBe(0);
    await connection.end();
  });
});

describe("runMix", () => {
  it("commits as many transactions as asked, of every kind, the same for the same seed", async () => {
    const outcomes = [];
    for (const database of ["mix_one", "mix_two"]) {
      const connection = await filled(database);
      const before = await counts(connection, database);
      const outcome = await runMix(connection, {
        transactions: 90,
        seed: 11,
        pause: () => Promise.resolve(),
        ...quiet,
      });
      const after = await counts(connection, database);
      expect(after).not.toEqual(before);
      const sums = await rowsOf(connection, "CHECKSUM TABLE orders, orderdetails, payments, customers, products");
      outcomes.push({ outcome, after, sums: sums.map((row) => (row as { Checksum: unknown }).Checksum) });
      await connection.end();
    }
    expect(outcomes[0]?.outcome.transactions).toBe(90);
    expect(outcomes[0]?.outcome.rows).toBeGreaterThan(120);
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  it("needs no rows to be there", async () => {
    const connection = await connectTo(access);
    await fillSource(connection, { database: "empty_shop", rows: [], ...quiet });
    await runMix(connection, { transactions: 20, seed: 1, pause: () => Promise.resolve(), ...quiet });
    await connection.end();
  });
});

describe("loadDump", () => {
  const load = async (text: string | Buffer, database: string) => {
    const file = path.join(folder, "dump.sql");
    await writeFile(file, text);
    const connection = await connectTo(access, RAW_BYTES);
    try {
      await checkDump(file);
      return await loadDump(connection, { file, database, ...quiet });
    } finally {
      await connection.end();
    }
  };

  it("executes what mysqldump writes, its bytes as they are", async () => {
    const dump = Buffer.concat([
      Buffer.from(
        "-- dump\n/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (`id` int PRIMARY KEY, `v` text, `b` blob);\n",
      ),
      Buffer.from("INSERT INTO `t` VALUES (1,'Luleå; it\\'s 🚂',_binary '"),
      Buffer.from([0xff, 0xfe, 0x80, 0x3b]),
      Buffer.from(
        "');\n/*!99999999 SELECT broken */;\nDELIMITER ;;\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.v = 'y'; END;;\nDELIMITER ;\n",
      ),
    ]);
    await load(dump, "dumped");
    const connection = await connectTo(access);
    const [row] = await rowsOf<{ v: string; b: Buffer }>(connection, "SELECT v, b FROM dumped.t");
    expect(row?.v).toBe("Luleå; it's 🚂");
    expect(row?.b).toEqual(Buffer.from([0xff, 0xfe, 0x80, 0x3b]));
    await connection.end();
  });

  it.each([
    [
      "CREATE TABLE t (id int);\n\nINSERT INTO t VALUES ('open;\n",
      /dump\.sql does not parse: line 3: a string opened with '/,
    ],
    [
      "CREATE TABLE t (id int);\nINSRT INTO t VALUES (1);\n",
      /dump\.sql line 2: the server refuses "INSRT INTO t VALUES \(1\)"/,
    ],
    ["-- nothing\n", /holds no SQL statement/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), /is compressed: unpack it first/],
    [Buffer.from("PK\0\0"), /is not SQL text/],
  ])("refuses what cannot be loaded, with line and fix (%#)", async (text, sentence) => {
    await expect(load(text, `refused_${Math.abs(text.length)}`)).rejects.toThrow(sentence);
  });

  it("says when there is no such file", async () => {
    await expect(checkDump(path.join(folder, "none.sql"))).rejects.toThrow(/there is no file/);
  });
});

describe("connectTo", () => {
  it("names what is wrong", async () => {
    await expect(connectTo({ ...access, password: "wrong" })).rejects.toThrow(
      /refuses user 'millrace' with this password/,
    );
    await expect(connectTo({ ...access, port: 1 })).rejects.toThrow(/no MySQL server answers at 127\.0\.0\.1:1/);
    await expect(connectTo({ ...access, host: "no.such.host.invalid" })).rejects.toThrow(
      /host name no\.such\.host\.invalid/,
    );
    expect(() => parseSourceUrl("mysql://host")).toThrow(/names no user/);
    expect(() => parseSourceUrl("host:3306")).toThrow(/cannot be read/);
  });
});
