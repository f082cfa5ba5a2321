import type { Client } from "pg";
import type { ObjectStore } from "../sql/copy/object-store.ts";
import type { Parameters } from "../sql/cursor.ts";
import { SqlError } from "../sql/errors.ts";
import type { Plan } from "../sql/plan.ts";
import { executePlan } from "../sql/run/execute.ts";
import { moment, writeLoadRecord, type LoadRecord } from "../sql/run/load-history.ts";
import { isCancelled, redshiftError } from "../sql/run/postgres-errors.ts";
import { translate } from "../sql/statements/index.ts";
import { StoredResult } from "./results.ts";
import type { Sessions } from "./sessions.ts";
import type { Part, Statement, Status } from "./statement.ts";

export interface RunnerDependencies {
  readonly sessions: Sessions;
  readonly objects: ObjectStore;
  readonly resultsFolder: string;
  readonly now: () => Date;
  /** @throws SqlError for a role that COPY and UNLOAD may not take */
  readonly authorize: (role: string) => void;
  /** Told whenever a status changes. */
  readonly changed: (statement: Statement) => void;
}

/** Runs a statement from SUBMITTED to its end; never throws, because its status says it all. */
export async function runStatement(statement: Statement, dependencies: RunnerDependencies): Promise<void> {
  const usesTemporary = /\btemp(?:orary)?\s+table\b|\bcopy\b/i;
  try {
    await dependencies.sessions.use(
      statement.database,
      async (client) => {
        if (statement.cancelled) finish(statement, "ABORTED", null, dependencies);
        else await new Run(statement, client, dependencies).run();
      },
      () => statement.parts.some(({ sql }) => usesTemporary.test(sql)),
    );
  } catch (error) {
    // No session, or one that broke: nothing of the statement was committed that it knows of.
    finish(
      statement,
      statement.cancelled ? "ABORTED" : "FAILED",
      redshiftError(error, { queryId: 0, pid: 0 }),
      dependencies,
    );
  }
}

function finish(
  statement: Statement,
  status: Status,
  error: string | null,
  { now, changed }: RunnerDependencies,
): void {
  if (statement.status === "FINISHED" || statement.status === "FAILED" || statement.status === "ABORTED") return;
  for (const part of statement.parts)
    if (part.status !== "FINISHED" && part.status !== "FAILED") part.status = "ABORTED";
  Object.assign(statement, { status, error, updatedAt: now() });
  changed(statement);
}

/** Redshift keeps its system views for seven days. */
const HISTORY_MILLISECONDS = 7 * 24 * 3_600_000;
/** Statements between two looks for what is older. */
const FORGET_EVERY = 1000;

class Run {
  readonly #statement: Statement;
  readonly #client: Client;
  readonly #dependencies: RunnerDependencies;
  #loads: LoadRecord[] = [];

  constructor(statement: Statement, client: Client, dependencies: RunnerDependencies) {
    this.#statement = statement;
    this.#client = client;
    this.#dependencies = dependencies;
  }

  async run(): Promise<void> {
    const statement = this.#statement;
    const { rows } = await this.#client.query<{ pid: string }>("SELECT pg_backend_pid() AS pid");
    statement.pid = Number(rows[0]?.pid);
    this.#mark("STARTED");
    const groups = statement.autoCommit ? statement.parts.map((part) => [part]) : [statement.parts];
    const failed: Part[] = [];
    for (const parts of groups) {
      const part = await this.#transaction(parts);
      if (part !== null) failed.push(part);
    }
    await this.#writeHistory();
    const [first] = failed;
    if (first === undefined) {
      finish(statement, "FINISHED", null, this.#dependencies);
      return;
    }
    const error = statement.batch
      ? `Query #${statement.parts.indexOf(first) + 1} failed with ${first.error ?? ""}`
      : first.error;
    finish(statement, statement.cancelled ? "ABORTED" : "FAILED", error, this.#dependencies);
  }

  /** Runs parts as one transaction. @returns the part that failed and took the others with it, or null */
  async #transaction(parts: readonly Part[]): Promise<Part | null> {
    this.#loads = [];
    const bare = parts.length === 1 && parts[0] !== undefined && /^\s*vacuum\b/i.test(parts[0].sql);
    // A snapshot is taken at the first statement that reads or writes, not here and not at LOCK: as in Redshift.
    if (!bare) await this.#client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    for (const part of parts) {
      if (!(await this.#part(part))) {
        if (!bare) await this.#client.query("ROLLBACK");
        // The transaction took its own entries with it.
        for (const load of this.#loads) await writeLoadRecord(this.#client, load);
        return part;
      }
    }
    if (!bare) await this.#client.query("COMMIT");
    return null;
  }

  /** @returns whether it went well; if not, the part knows why */
  async #part(part: Part): Promise<boolean> {
    const { pid } = this.#statement;
    this.#set(part, "STARTED");
    const started = process.hrtime.bigint();
    try {
      if (this.#statement.cancelled) throw new SqlError("Query cancelled on user's request", { sqlstate: "57014" });
      await this.#execute(part);
      this.#set(part, "FINISHED");
      return true;
    } catch (error) {
      part.error = redshiftError(error, { queryId: part.queryId, pid });
      this.#set(part, isCancelled(error) || this.#statement.cancelled ? "ABORTED" : "FAILED");
      return false;
    } finally {
      part.nanoseconds = Number(process.hrtime.bigint() - started);
    }
  }

  async #execute(part: Part): Promise<void> {
    const { resultsFolder, objects, now, authorize } = this.#dependencies;
    const plan = translate(part.sql, this.#parameters());
    if (this.#statement.batch && !this.#statement.autoCommit) refuseInTransaction(plan);
    if (plan.kind === "copy" || plan.kind === "unload") authorize(plan.options.iamRole);
    const result = new StoredResult(resultsFolder, part.id);
    part.rows = await executePlan(plan, {
      client: this.#client,
      pid: this.#statement.pid,
      objects,
      queryId: part.queryId,
      sink: result,
      now,
      onLoad: (record) => this.#loads.push(record),
    });
    if (plan.kind === "query") part.result = result;
  }

  #parameters(): Parameters {
    return { values: new Map(this.#statement.parameters.map(({ name, value }) => [name, value])), used: new Set() };
  }

  #set(part: Part, status: Status): void {
    part.status = status;
    part.updatedAt = this.#dependencies.now();
  }

  #mark(status: Status): void {
    Object.assign(this.#statement, { status, updatedAt: this.#dependencies.now() });
    this.#dependencies.changed(this.#statement);
  }

  async #writeHistory(): Promise<void> {
    const { parts, pid, createdAt, name } = this.#statement;
    const rows = parts.map((part) => ({
      query_id: part.queryId,
      query_label: name ?? "default",
      session_id: pid,
      query_type: /^\s*\w+/.exec(part.sql)?.[0].trim().toUpperCase() ?? "OTHER",
      status: part.status === "FINISHED" ? "success" : part.status === "ABORTED" ? "canceled" : "failed",
      start_time: moment(
        part.nanoseconds > 0 ? new Date(part.updatedAt.getTime() - part.nanoseconds / 1e6) : createdAt,
      ),
      end_time: moment(part.updatedAt),
      error_message: part.error,
      returned_rows: part.result?.rows ?? 0,
      query_text: part.sql.slice(0, 4000),
    }));
    await this.#client.query(
      `INSERT INTO redshift.query_history SELECT query_id, query_label, session_id, current_database(), query_type, status,
         start_time, end_time, error_message, returned_rows, query_text
       FROM json_populate_recordset(NULL::redshift.query_history, $1::json)`,
      [JSON.stringify(rows)],
    );
    if (parts.some(({ queryId }) => queryId % FORGET_EVERY === 0))
      await this.#client.query("DELETE FROM redshift.query_history WHERE end_time < $1", [
        moment(new Date(this.#dependencies.now().getTime() - HISTORY_MILLISECONDS)),
      ]);
  }
}

/** What Redshift cannot run inside a transaction block, or what would commit the batch half-way. */
function refuseInTransaction({ standing, tag }: Plan): void {
  if (standing === "alone") throw new SqlError(`${tag} cannot run inside a transaction block`, { sqlstate: "25001" });
  if (standing === "commits")
    throw new SqlError(
      `${tag} commits the transaction it runs in: it is refused in a batch, run it by itself or use DELETE`,
      { sqlstate: "25001" },
    );
}
