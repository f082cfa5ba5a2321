import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { newId, now, sleep } from "../../../lambdas/adapters/clock/index.ts";
import { connectSource, openSourceLoad } from "../../../lambdas/adapters/mysql/index.ts";
import type { LoadLimits, MysqlTarget } from "../../../lambdas/adapters/mysql/index.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import { copyChunk } from "../../../lambdas/capture-snapshot/chunk.ts";
import { planSnapshot } from "../../../lambdas/capture-snapshot/plan.ts";
import { readWait } from "../../../lambdas/core/copy-wait.ts";
import type { SourceLoad } from "../../../lambdas/core/capture-ports.ts";
import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingPublisher, recordingTelemetry } from "../../support/recording.ts";
import { PAIRS } from "./pairs.ts";
import type { Pair } from "./pairs.ts";

const DATABASE = "millrace_throttle";
const ROWS = 12_000;
const definitions = [
  defineTable({
    area: { name: "lab", database: DATABASE },
    comment: "",
    name: "items",
    columns: { id: c.column("id", c.int()), name: c.nullable("name", c.varchar(200)) },
    key: ["id"],
  }),
];

/** The words in which a replica is told to lag. */
const WORDS = {
  mariadb: {
    may: "GRANT SLAVE MONITOR ON *.* TO copier",
    stop: "STOP SLAVE SQL_THREAD",
    start: "START SLAVE SQL_THREAD",
    delay: (seconds: number) => ["STOP SLAVE", `CHANGE MASTER TO MASTER_DELAY=${seconds}`, "START SLAVE"],
  },
  mysql: {
    may: "GRANT REPLICATION CLIENT ON *.* TO copier",
    stop: "STOP REPLICA SQL_THREAD",
    start: "START REPLICA SQL_THREAD",
    delay: (seconds: number) => [
      "STOP REPLICA",
      `CHANGE REPLICATION SOURCE TO SOURCE_DELAY=${seconds}`,
      "START REPLICA",
    ],
  },
} as const;

/** Waits for a condition; the test's own limit is the only one. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50);
}

describe.each(PAIRS)("a copy beside other work, on $name", (kind) => {
  let pair: Pair;
  let target: MysqlTarget;
  let words: (typeof WORDS)[keyof typeof WORDS];
  let state: ReturnType<typeof memoryStore>;
  const telemetry = recordingTelemetry();
  const onReplica = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await pair.replica.admin.query(statement);
  };
  const limits = (more: Partial<LoadLimits> = {}): LoadLimits => ({
    replicas: [{ host: pair.replica.target.host, port: pair.replica.target.port }],
    maxReplicaLagSeconds: 2,
    maxThreadsRunning: 0,
    ...more,
  });
  const waits = async () => (await readWait(state, "lab", now()))?.reason ?? null;

  beforeAll(async () => {
    pair = await kind.start([DATABASE]);
    words = WORDS[(await identify(pair.source.admin)).flavour];
    const values = Array.from({ length: ROWS }, (_, i) => `(${i + 1}, '${"x".repeat(100)}')`);
    for (const statement of [
      `CREATE DATABASE ${DATABASE}`,
      `CREATE TABLE ${DATABASE}.items (id INT PRIMARY KEY, name VARCHAR(200))`,
      `INSERT INTO ${DATABASE}.items VALUES ${values.join(",")}`,
      "DROP USER IF EXISTS copier",
      "CREATE USER copier IDENTIFIED BY 'copier'",
      `GRANT SELECT ON ${DATABASE}.* TO copier`,
      "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO copier",
    ])
      await pair.source.admin.query(statement);
    await pair.replicated();
    target = { ...pair.source.target, user: "copier", password: "copier" };
  }, 120_000);
  afterAll(async () => {
    await pair.stop();
  });
  beforeEach(() => {
    state = memoryStore();
  });

  /** One chunk under way. */
  async function copying(load: SourceLoad, rowsPerSecond: number) {
    const source = await connectSource(target);
    const publisher = recordingPublisher();
    const request = { sourceName: "lab", definitions };
    const ports = { state, source, load, publisher, telemetry, now, sleep, newId };
    const { snapshotId } = await planSnapshot(
      { ...request, kind: "copy", only: null, chunkRows: 1_000_000 },
      { ...ports, endOffsets: async () => new Map() },
    );
    const done = copyChunk(
      { ...request, snapshotId, chunk: 0, rowsPerSecond },
      { ...ports, remaining: () => 600_000 },
    ).finally(() => Promise.all([source.close(), load.close()]));
    return { sent: publisher.sent, done };
  }
  const keys = (sent: readonly { readonly key: string | null }[]): readonly string[] =>
    sent.map(({ key }) => key ?? "").sort();
  const expected = Array.from({ length: ROWS }, (_, i) => `{"id":${i + 1}}`).sort();

  /** Runs until the copy waits for what `reason` says, sees that it stands still, lets it go, and sees it end whole. */
  async function standsStill(
    copy: Awaited<ReturnType<typeof copying>>,
    reason: RegExp,
    release: () => Promise<void>,
  ): Promise<void> {
    await until(async () => reason.test((await waits()) ?? ""));
    const published = copy.sent.length;
    const since = (await readWait(state, "lab", now()))?.since;
    // Two more looks at the load, at least.
    await sleep(2_500);
    expect(copy.sent.length).toBe(published);
    expect((await readWait(state, "lab", now()))?.since).toBe(since);
    expect(published).toBeLessThan(ROWS);
    await release();
    await expect(copy.done).resolves.toMatchObject({ done: true, rows: ROWS });
    expect(keys(copy.sent)).toEqual(expected);
    expect(await waits()).toBeNull();
  }

  it("is refused at its plan when nobody may ask a replica for its lag, with the right that is missing", async () => {
    const load = openSourceLoad(target, limits());
    const [problem] = await load.problems();
    await load.close();
    // MySQL takes REPLICATION CLIENT for it, which the user has.
    if (words === WORDS.mysql) expect(problem).toBeUndefined();
    else expect(problem).toMatch(/User copier may not ask replica \S+ .* SLAVE MONITOR/);
    await pair.source.admin.query(words.may);
    await pair.replicated();
    const allowed = openSourceLoad(target, limits());
    expect(await allowed.problems()).toEqual([]);
    expect(await allowed.hindrance()).toBeNull();
    await allowed.close();
    const given = { host: target.host, port: target.port };
    const itself = openSourceLoad(target, limits({ replicas: [given] }));
    expect(await itself.problems()).toEqual([expect.stringContaining("is no replica")]);
    await itself.close();
  });

  it("stops in its midst when replication is stopped at a replica, and goes on after it", async () => {
    const copy = await copying(openSourceLoad(target, limits()), 2_000);
    await until(() => copy.sent.length > 0);
    await onReplica(words.stop);
    await standsStill(copy, /^replica \S+ does not replicate/, () => onReplica(words.start));
  });

  it("stops when a replica is late, and goes on when it has caught up", async () => {
    await onReplica(...words.delay(3_600));
    await pair.source.admin.query(`UPDATE ${DATABASE}.items SET name = 'late' WHERE id = 1`);
    const load = openSourceLoad(target, limits());
    await until(async () => / behind /.test((await load.hindrance()) ?? ""));
    const copy = await copying(load, 4_000);
    await standsStill(copy, / is \d+ s behind \(limit 2 s\)$/, () => onReplica(...words.delay(0)));
    await pair.replicated();
  });

  it("stops when a replica does not answer", async () => {
    const load = openSourceLoad(target, limits({ replicas: [{ host: "127.0.0.1", port: 1 }] }));
    expect(await load.hindrance()).toMatch(/^replica 127\.0\.0\.1:1 does not answer: /);
    expect(await load.problems()).toEqual([]);
    await load.close();
  });

  it("stops while the source is busy with the work of others, which its own is not", async () => {
    const others = await Promise.all(Array.from({ length: 6 }, () => openSession(pair.source.target)));
    const load = openSourceLoad(target, limits({ replicas: [], maxThreadsRunning: 5 }));
    const before = openSourceLoad(target, limits({ replicas: [], maxThreadsRunning: 5 }));
    expect(await before.hindrance()).toBeNull();
    await before.close();
    // Own statements, more than the limit: they do not count.
    const own = await Promise.all(Array.from({ length: 8 }, () => openSession(target)));
    for (const session of own) session.query("SELECT SLEEP(600)").catch(() => undefined);
    const copy = await copying(load, 2_000);
    await until(() => copy.sent.length > 0);
    for (const session of others) session.query("SELECT SLEEP(600)").catch(() => undefined);
    await standsStill(copy, /^the source runs \d+ statements of others at once \(limit 5\)$/, async () => {
      const rows = await pair.source.admin.query(
        "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(600)'",
      );
      for (const { id } of rows) await pair.source.admin.query(`KILL ${id ?? ""}`);
    });
    for (const session of [...others, ...own]) session.destroy();
  });

  it("takes no more rows a second than it may", async () => {
    const began = now();
    const copy = await copying(openSourceLoad(target, limits({ replicas: [] })), 4_000);
    await copy.done;
    expect(now() - began).toBeGreaterThanOrEqual((ROWS / 4_000) * 1_000);
    expect(keys(copy.sent)).toEqual(expected);
  });
});
