import { afterEach, describe, expect, it } from "@jest/globals";
import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import type { MysqlTarget } from "../../../lambdas/adapters/mysql/index.ts";
import type { Replication } from "../../../lambdas/core/capture-ports.ts";
import type { ChangeRecord } from "../../../lambdas/core/record.ts";
import { startPipeline } from "../../support/pipeline.ts";
import type { Pipeline } from "../../support/pipeline.ts";
import { PAIRS, startLocalPair } from "./pairs.ts";
import type { Pair } from "./pairs.ts";
import { DATABASE, endOf, fill, insert, items, run, sourceRows, TABLES } from "./shop.ts";

async function replicationOf(target: MysqlTarget): Promise<Replication | null> {
  const source = await connectSource(target);
  try {
    return await source.replication();
  } finally {
    await source.close();
  }
}

describe("a replica as the source", () => {
  let pair: Pair;
  let pipeline: Pipeline | null = null;

  afterEach(async () => {
    await pipeline?.stop();
    pipeline = null;
    await pair.stop();
  });

  it.each(PAIRS)(
    "is captured by its own log's places, on $name",
    async (kind) => {
      pair = await kind.start([DATABASE]);
      await fill(pair.source);
      await pair.replicated();
      // The two logs are in different files from here on.
      await run(pair.source, "FLUSH BINARY LOGS", "FLUSH BINARY LOGS");
      pipeline = await startPipeline(pair.replica.target, TABLES, 100);
      await pipeline.copy();
      await run(
        pair.source,
        ...[insert(1_000, 20, "later"), `UPDATE ${DATABASE}.items SET name = 'changed' WHERE id < 9`],
        ...[`DELETE FROM ${DATABASE}.items WHERE id BETWEEN 20 AND 25`, `DELETE FROM ${DATABASE}.tags WHERE tag = 'a'`],
      );
      await pair.replicated();
      await pipeline.capture();
      await pipeline.load();
      for (const table of TABLES) {
        expect(await pipeline.mirror(table)).toEqual(await sourceRows(pair.replica, table));
        expect(await pipeline.mirror(table)).toEqual(await sourceRows(pair.source, table));
      }

      const [at, origin] = [await endOf(pair.replica), await endOf(pair.source)];
      expect(origin.file).not.toBe(at.file);
      const changes = pipeline.sent(items).map((text) => JSON.parse(text) as ChangeRecord);
      const places = changes.filter(({ op }) => op !== "r").map(({ source }) => source);
      expect(places).toHaveLength(34);
      const [server] = await pair.source.admin.query("SELECT @@server_id AS id");
      for (const { file, pos, server_id: by } of places) {
        expect([file, by]).toEqual([at.file, Number(server?.id)]);
        expect(pos).toBeLessThan(at.pos);
      }
      const { host, port } = pair.source.target;
      expect(await replicationOf(pair.replica.target)).toEqual({ from: `${host}:${port}`, behindSeconds: 0 });
      expect(await replicationOf(pair.source.target)).toBeNull();
      await pair.cutOff();
      expect(await replicationOf(pair.replica.target)).toEqual({ from: `${host}:${port}`, behindSeconds: null });
    },
    180_000,
  );

  it("is refused with what to do when it does not log what it replicates", async () => {
    pair = await startLocalPair(false);
    await fill(pair.source);
    await pair.replicated();
    pipeline = await startPipeline(pair.replica.target, TABLES, 100);
    await expect(pipeline.copy()).rejects.toMatchObject({
      name: "PreflightError",
      problems: [expect.stringMatching(/is a replica of 127\.0\.0\.1:\d+ and log_\w+_updates is OFF.*or capture from/)],
    });
    // A server of its own again: what it writes itself is in its log.
    await pair.promote();
    await pipeline.copy();
  }, 180_000);
});
