import type { Client } from "pg";
import { installCompatibility } from "../sql/compat/install.ts";
import { databaseUrl, openSession } from "../sql/run/session.ts";

/** At most so many statements run at a time; the others wait in line, SUBMITTED. */
const MAX_SESSIONS = 24;

/** Connections to the warehouse, each clean when it is handed out: a statement of the Data API has a session of its own. */
export class Sessions {
  readonly #url: string;
  readonly #idle = new Map<string, Client[]>();
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(warehouseUrl: string) {
    this.#url = warehouseUrl;
  }

  /**
   * Waits for a place, lends a session to `work`, and cleans it for the next.
   * @param isSpent tells that the session's memory has grown (temporary tables): it is closed instead
   * @throws SqlError when there is no connection
   */
  async use<T>(
    database: string,
    work: (client: Client) => Promise<T>,
    isSpent: () => boolean = () => false,
  ): Promise<T> {
    await this.#enter();
    try {
      const client = await this.#take(database);
      try {
        const result = await work(client);
        if (isSpent()) await client.end();
        else {
          await client.query("DISCARD ALL");
          this.#pool(database).push(client);
        }
        return result;
      } catch (error) {
        await client.end().catch(() => undefined);
        throw error;
      }
    } finally {
      this.#leave();
    }
  }

  /** Outside of the line: cancelling must not wait for what it cancels. */
  async cancel(database: string, pid: number): Promise<void> {
    const client = await openSession(databaseUrl(this.#url, database));
    await client.query("SELECT pg_cancel_backend($1)", [pid]).finally(() => client.end());
  }

  async close(): Promise<void> {
    for (const clients of this.#idle.values()) await Promise.all(clients.splice(0).map((client) => client.end()));
  }

  async #take(database: string): Promise<Client> {
    const idle = this.#pool(database).pop();
    if (idle !== undefined) return idle;
    const client = await openSession(databaseUrl(this.#url, database));
    // One whose database was dropped must not be handed out again.
    client.once("end", () => {
      const pool = this.#pool(database);
      if (pool.includes(client)) pool.splice(pool.indexOf(client), 1);
    });
    try {
      await installCompatibility(client);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  #pool(database: string): Client[] {
    const pool = this.#idle.get(database) ?? [];
    this.#idle.set(database, pool);
    return pool;
  }

  async #enter(): Promise<void> {
    if (this.#used >= MAX_SESSIONS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#used--;
    else next();
  }
}
