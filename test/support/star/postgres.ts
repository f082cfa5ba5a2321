import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres as startEngine } from "../../../localstack/engines/postgres.ts";

export interface TestPostgres {
  readonly client: Client;
  readonly url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own in a temporary folder, on a free port. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-star-"));
  chmodSync(folder, 0o755);
  const engine = await startEngine({ dataDir: folder });
  const client = new Client({ connectionString: engine.endpoint });
  await client.connect();
  return {
    client,
    url: engine.endpoint,
    stop: async () => {
      await client.end();
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
