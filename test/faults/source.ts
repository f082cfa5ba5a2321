import { runMix } from "../../localstack/demo/changes/mix.ts";
import type { Connection } from "mysql2/promise";
import { createRandom } from "../../localstack/demo/generator/random.ts";
import type { Random } from "../../localstack/demo/generator/random.ts";
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
      await visit(connection, createRandom(this.#seed).fork("visits"));
    } finally {
      await connection.end().catch(() => connection.destroy());
    }
  }

  /** A statement after which stored values may be others, without a word in the log: the pipeline wants a resync. */
  async alter(random: Random): Promise<void> {
    const connection = await connectTo(this.#world.source, { database: "classicmodels" });
    const statement = `ALTER TABLE ${random.pick(ALTERED)} CONVERT TO CHARACTER SET utf8mb4`;
    await connection.query(statement).finally(() => connection.end());
  }
}

/** A transaction over two tables, one of them without a key; some of its rows are equal. */
async function visit(connection: Connection, random: Random): Promise<void> {
  await connection.beginTransaction();
  const page = `/${random.pick(["cars", "trains", "ships"])}`;
  const rows = Array.from({ length: random.int(1, 4) }, () => ["2026-01-01 00:00:00.250", page, null]);
  await connection.query("INSERT INTO visits VALUES ?", [rows]);
  await connection.query("UPDATE customers SET creditLimit = ? ORDER BY customerNumber LIMIT 1", [
    random.int(0, 99_999),
  ]);
  await connection.query(
    "INSERT INTO visits SELECT NOW(3), CONCAT('/', customerName), customerNumber FROM customers LIMIT 2",
  );
  await connection.commit();
}

/** Tables without a text that a foreign key holds fast. */
const ALTERED = ["customers", "orders", "payments"];
