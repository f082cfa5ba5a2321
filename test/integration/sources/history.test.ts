import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sleep } from "../../../lambdas/adapters/clock/index.ts";
import { parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import { startPipeline } from "../../support/pipeline.ts";
import type { Pipeline } from "../../support/pipeline.ts";
import { SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";
import { forgetHistory } from "./pairs.ts";
import type { Server } from "./pairs.ts";
import { DATABASE, endOf, fill, insert, items, run, sourceRows, TABLES } from "./shop.ts";

/** Copies again what is asked for, and holds that readers of the mirror never find less than `rows` items. */
async function resyncWatched(pipeline: Pipeline, rows: number): Promise<void> {
  pipeline.onChunk = async () => {
    await pipeline.load();
    expect((await pipeline.mirror(items)).length).toBeGreaterThanOrEqual(rows);
  };
  expect(await pipeline.resync()).toEqual(["lab_items", "lab_tags"]);
  pipeline.onChunk = async () => undefined;
}

async function expectEqual(pipeline: Pipeline, server: Server): Promise<void> {
  await pipeline.load();
  for (const table of TABLES) expect(await pipeline.mirror(table)).toEqual(await sourceRows(server, table));
}

/** The server keeps files that it believes to be read; it notices by and by that a reader has gone. */
async function purgeTo(server: Server, file: string): Promise<void> {
  const first = async (): Promise<string | null | undefined> =>
    (await server.admin.query("SHOW BINARY LOGS"))[0]?.Log_name;
  while ((await first()) !== file) {
    await run(server, `PURGE BINARY LOGS TO '${file}'`);
    await sleep(50);
  }
}

/** Waits for the server's next second: the age of a log file counts in them. */
async function nextSecond(server: Server): Promise<void> {
  const second = async (): Promise<string> =>
    (await server.admin.query("SELECT UNIX_TIMESTAMP() AS at"))[0]?.at?.split(".")[0] ?? "";
  for (const before = await second(); (await second()) === before;) await sleep(50);
}

describe.each(SERVERS)("a source that lost its history, on $name", (kind) => {
  let under: ServerUnderTest;
  let server: Server;
  let pipeline: Pipeline;

  beforeEach(async () => {
    under = await kind.start();
    server = { target: under.target, admin: await openSession(under.target) };
    await server.admin.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
    await forgetHistory(server);
    await fill(server);
    pipeline = await startPipeline(server.target, TABLES, 100);
    await pipeline.copy();
    await run(server, insert(1_000, 5, "captured"));
    await pipeline.capture();
    await pipeline.load();
  }, 120_000);
  afterEach(async () => {
    await pipeline.stop();
    server.admin.close();
    await under.stop();
  });

  it("says that the log was purged before it was read, and resyncs by key ranges while the mirror stays", async () => {
    await run(
      server,
      ...[insert(2_000, 4, "purged"), `DELETE FROM ${DATABASE}.items WHERE id BETWEEN 10 AND 19`],
      ...[`UPDATE ${DATABASE}.tags SET n = 7 WHERE tag = 'a'`, "FLUSH BINARY LOGS"],
    );
    const { file } = await endOf(server);
    await run(server, insert(3_000, 2, "kept"));
    await purgeTo(server, file);

    await expect(pipeline.capture()).rejects.toMatchObject({
      name: "PositionLostError",
      message: expect.stringMatching(/no longer holds .* raise binlog_expire_logs_seconds/),
    });
    expect((await pipeline.checkpoint()).lost).toContain("no longer holds");
    expect(pipeline.telemetry.metrics.get("PositionsLost")).toBe(1);
    expect(pipeline.telemetry.lines.join()).toContain("RUNBOOK.md#the-binlog-was-purged");
    await resyncWatched(pipeline, 295);
    await run(server, insert(4_000, 3, "later"));
    await pipeline.capture();
    await expectEqual(pipeline, server);
    expect((await pipeline.checkpoint()).position.epoch).toBe(2);
    expect(await pipeline.resync()).toEqual([]);
  }, 120_000);

  it("notices a reset though the new log has the old names and has grown past the place", async () => {
    const before = await pipeline.checkpoint();
    await nextSecond(server);
    await forgetHistory(server);
    await run(server, `DELETE FROM ${DATABASE}.items WHERE id = 1`);
    for (let i = 0; i < 6; i++) await run(server, `UPDATE ${DATABASE}.items SET name = 'after the reset ${i}'`);
    const end = await endOf(server);
    expect(end.file).toBe(before.position.file);
    expect(end.pos).toBeGreaterThan(before.position.pos);

    await expect(pipeline.capture()).rejects.toThrow(/it was reset, or the server restored from a backup/);
    await resyncWatched(pipeline, 304);
    await pipeline.capture();
    await expectEqual(pipeline, server);
  }, 120_000);

  it("notices a reset whose new log is still short", async () => {
    await nextSecond(server);
    await run(server, "FLUSH BINARY LOGS", insert(1_100, 5, "in the next file"));
    await pipeline.capture();
    await forgetHistory(server);
    await run(server, insert(2_000, 1, "after"));
    await expect(pipeline.capture()).rejects.toMatchObject({ name: "PositionLostError" });
    await resyncWatched(pipeline, 305);
    await pipeline.capture();
    await expectEqual(pipeline, server);
  }, 120_000);
});

describe("a source restored from an older backup", () => {
  it("is noticed though server and file names are the same, and what the backup lacks vanishes", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "millrace-backup-"));
    const data = path.join(folder, "source", "data");
    const open = async () => {
      const engine = await startMysql({ dataDir: folder });
      const target = parseMysqlUrl(engine.endpoint);
      return { engine, server: { target, admin: await openSession(target) } };
    };
    let now = await open();
    await fill(now.server);
    await now.engine.stop();
    await cp(data, path.join(folder, "backup"), { recursive: true });
    now = await open();
    const pipeline = await startPipeline(now.server.target, TABLES, 100);
    try {
      await pipeline.copy();
      await run(now.server, insert(1_000, 50, "not in the backup"));
      await pipeline.capture();
      await pipeline.load();
      await now.engine.stop();
      await rm(data, { recursive: true });
      await cp(path.join(folder, "backup"), data, { recursive: true });
      now = await open();
      await run(now.server, `DELETE FROM ${DATABASE}.items WHERE id = 2`);
      for (let i = 0; i < 6; i++) await run(now.server, `UPDATE ${DATABASE}.items SET name = 'after the backup ${i}'`);

      pipeline.target = now.server.target;
      const { position } = await pipeline.checkpoint();
      expect((await endOf(now.server)).file).toBe(position.file);
      await expect(pipeline.capture()).rejects.toThrow(/restored from a backup/);
      await resyncWatched(pipeline, 299);
      await pipeline.capture();
      await expectEqual(pipeline, now.server);
    } finally {
      await pipeline.stop();
      await now.engine.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 180_000);
});
