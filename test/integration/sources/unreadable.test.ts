import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openSession } from "../../../lambdas/adapters/mysql/session.ts";
import { startPipeline } from "../../support/pipeline.ts";
import type { Pipeline } from "../../support/pipeline.ts";
import { SERVERS } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";
import type { Server } from "./pairs.ts";
import { DATABASE, fill, insert, run, sourceRows, TABLES } from "./shop.ts";

describe.each(SERVERS)("what cannot be read of the log, on $name", (kind) => {
  let under: ServerUnderTest;
  let server: Server;
  let pipeline: Pipeline;

  /** As a session of its own does it: the settings are gone with it. */
  const inSession = async (...statements: readonly string[]): Promise<void> => {
    const admin = await openSession(under.target);
    await run({ target: under.target, admin }, ...statements);
    admin.close();
  };
  const expectEqual = async (): Promise<void> => {
    await pipeline.load();
    for (const table of TABLES) expect(await pipeline.mirror(table)).toEqual(await sourceRows(server, table));
  };
  const capture = async () => (await pipeline.capture()).status;

  beforeEach(async () => {
    under = await kind.start();
    server = { target: under.target, admin: await openSession(under.target) };
    await run(server, `DROP DATABASE IF EXISTS ${DATABASE}`);
    await fill(server);
    pipeline = await startPipeline(server.target, TABLES, 100);
    await pipeline.copy();
    await run(server, insert(1_000, 5, "captured"));
    await pipeline.capture();
  }, 120_000);
  afterEach(async () => {
    await pipeline.stop();
    server.admin.close();
    await under.stop();
  });

  it.each([
    {
      what: "rows without all their columns",
      statements: ["SET SESSION binlog_row_image = 'MINIMAL'", `UPDATE ${DATABASE}.items SET name = 'x' WHERE id < 9`],
      reason: "set binlog_row_image = FULL in all sessions",
    },
    {
      what: "a change logged as a statement",
      statements: ["SET SESSION binlog_format = 'STATEMENT'", `DELETE FROM ${DATABASE}.items WHERE id < 9`],
      reason: "set binlog_format = ROW for all sessions",
    },
    {
      what: "a prepared transaction",
      statements: [
        ...["XA START 'a'", `UPDATE ${DATABASE}.tags SET n = 9`, "XA END 'a'", "XA PREPARE 'a'", "XA COMMIT 'a'"],
      ],
      reason: "XA RECOVER lists them",
    },
  ])(
    "$what: capture stands still until a resync of all tables, and goes on behind it",
    async (unreadable) => {
      await inSession(...unreadable.statements);
      await run(server, insert(2_000, 3, "behind it"));
      for (let tries = 1; tries <= 2; tries++) await expect(capture()).rejects.toThrow(unreadable.reason);
      const { position, stuck } = await pipeline.checkpoint();
      expect(stuck).toContain("`millrace snapshot --resync`");
      // Somebody has to put the source right first.
      expect(await pipeline.resync()).toEqual([]);

      await pipeline.resyncAll();
      expect((await pipeline.checkpoint()).position.epoch).toBe(position.epoch + 1);
      await run(server, insert(3_000, 3, "later"), `DELETE FROM ${DATABASE}.items WHERE id = 2000`);
      expect(await capture()).toBe("released");
      await expectEqual();
      expect((await pipeline.checkpoint()).stuck).toBeUndefined();

      await pipeline.resyncAll();
      expect((await pipeline.checkpoint()).position.epoch).toBe(position.epoch + 1);
    },
    60_000,
  );

  it("a transaction that is still prepared when tables are resynced is not lost with its commit", async () => {
    const change = (value: number) => ["XA START 'b'", `UPDATE ${DATABASE}.tags SET n = ${value}`, "XA END 'b'"];
    await inSession(...change(8), "XA COMMIT 'b' ONE PHASE");
    await capture();
    await expectEqual();

    await inSession(...change(9), "XA PREPARE 'b'");
    await expect(capture()).rejects.toThrow("The source prepared a distributed transaction");
    await pipeline.resyncAll();
    await run(server, "XA COMMIT 'b'");
    await expect(capture()).rejects.toThrow("The source committed a distributed transaction");
    await pipeline.resyncAll();
    await capture();
    await expectEqual();
  }, 60_000);
});
