import { runMix } from "../../localstack/demo/changes/mix.ts";
import { connectTo } from "../../localstack/demo/source/connection.ts";
import type { World } from "./world/world.ts";

/** Writes to the source: transactions of the generated shop over all its tables, each burst with a seed of its own. */
export class Writer {
  readonly #world: World;
  #seed: number;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  async burst(transactions: number): Promise<void> {
    await this.#world.engines.mysql.settled();
    const connection = await connectTo(this.#world.source, { database: "classicmodels" });
    try {
      await runMix(connection, {
        transactions,
        seed: ++this.#seed,
        pause: async () => undefined,
        onProgress: () => undefined,
      });
    } finally {
      await connection.end().catch(() => connection.destroy());
    }
  }

  /** As a user would: stored values may have changed without a word in the log, so the pipeline wants a resync. */
  async alter(table: string): Promise<void> {
    const connection = await connectTo(this.#world.source, { database: "classicmodels" });
    await connection.query(`ALTER TABLE ${table} COMMENT = 'altered ${++this.#seed}'`).finally(() => connection.end());
  }
}
