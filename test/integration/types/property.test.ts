import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Client } from "pg";
import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { sourceProblems } from "../../support/types/check-source.ts";
import { warehouseProblems } from "../../support/types/check-warehouse.ts";
import { smallest } from "../../support/types/shrink.ts";
import { DATABASE, runAtSource } from "../../support/types/source-run.ts";
import type { Source } from "../../support/types/source-run.ts";
import { createStatements, generatedTable, updateStatements } from "../../support/types/tables.ts";
import type { GeneratedTable } from "../../support/types/tables.ts";
import { SERVERS, openWriter } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";

/** Where to begin: a failure prints it. Another run: MILLRACE_TYPES_SEED=n, of more tables: MILLRACE_TYPES_TABLES=n. */
const SEED = Number(process.env.MILLRACE_TYPES_SEED ?? 20_261_121);
const TABLES = Number(process.env.MILLRACE_TYPES_TABLES ?? 40);
/** Tables made and read together. */
const ROUND = 20;
/** A table takes well under a second, alone; a machine may be slow and busy. */
const PATIENCE_MS = 120_000 + TABLES * 10_000;

describe.each(SERVERS)("generated tables on $name", (under) => {
  let server: ServerUnderTest;
  let source: Source;
  let loading: Loading;
  let storage: Client;
  let flavour: "mysql" | "mariadb";
  let areas = 0;

  beforeAll(async () => {
    server = await under.start();
    const writer = await openWriter(server.target);
    ({ flavour } = await identify(writer));
    // Renderings are compared as text: they come in one character set.
    await writer.query("SET NAMES utf8mb4");
    await writer.query("SET SESSION sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'");
    source = { target: server.target, writer, database: await connectSource(server.target) };
    loading = await startLoading();
    storage = new Client({ connectionString: loading.url });
    await storage.connect();
  }, 120_000);

  afterAll(async () => {
    await source.writer.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
    source.writer.close();
    await source.database.close();
    await storage.end();
    await loading.stop();
    await server.stop();
  });

  /** What is wrong with each of the tables. */
  async function problemsOf(tables: readonly GeneratedTable[]): Promise<readonly (readonly string[])[]> {
    const seen = await runAtSource(source, `g${(areas += 1)}`, tables);
    await loading.migrate(seen.map(({ definition }) => definition));
    const problems: (readonly string[])[] = [];
    for (const one of seen) {
      const atSource = sourceProblems(one);
      problems.push(atSource.length > 0 ? atSource : await warehouseProblems(one, loading, storage));
    }
    return problems;
  }

  it(
    `hold the same values by all ways, and so does the warehouse (seeds ${SEED} to ${SEED + TABLES - 1})`,
    async () => {
      for (let from = 0; from < TABLES; from += ROUND) {
        const seeds = Array.from({ length: Math.min(ROUND, TABLES - from) }, (_, i) => SEED + from + i);
        const tables = seeds.map((seed) => generatedTable(seed, flavour));
        const problems = await problemsOf(tables);
        const at = problems.findIndex((list) => list.length > 0);
        if (at >= 0) throw new Error(await report(seeds[at] ?? 0, tables[at] as GeneratedTable));
      }
    },
    PATIENCE_MS,
  );

  /** The seed, the smallest table that fails, and how. */
  async function report(seed: number, table: GeneratedTable): Promise<string> {
    const fails = async (next: GeneratedTable) => (await problemsOf([next]))[0]?.length !== 0;
    const least = await smallest(table, fails);
    const [problems = []] = await problemsOf([least]);
    const sql = [...createStatements("t", least), ...updateStatements("t", least)].map((text) => `${text};`);
    const again = `MILLRACE_TYPES_SEED=${seed} MILLRACE_TYPES_TABLES=1`;
    return [`seed ${seed} fails (again: ${again}):`, ...problems, "with", ...sql].join("\n");
  }

  it("are the same for the same seed", () => {
    const write = (seed: number) => createStatements("t", generatedTable(seed, flavour)).join();
    expect(write(SEED)).toBe(write(SEED));
    expect(write(SEED)).not.toBe(write(SEED + 1));
  });
});
