import type { Client } from "pg";
import { runCopy } from "../copy/load.ts";
import type { ObjectStore } from "../copy/object-store.ts";
import { RefusedByRedshiftError, SqlError, UnsupportedSqlError } from "../errors.ts";
import { displayName, sqlName, type ObjectName } from "../identifiers.ts";
import type { CommandPlan, CopyPlan, LiteralTargets, Plan } from "../plan.ts";
import { runUnload } from "../unload/unload.ts";
import { writeLoadRecord, type LoadRecord } from "./load-history.ts";
import { streamQuery, type ResultSink } from "./query.ts";

export interface ExecuteContext {
  readonly client: Client;
  readonly pid: number;
  readonly objects: ObjectStore;
  /** Number of the statement in the system tables. */
  readonly queryId: number;
  readonly sink: ResultSink;
  readonly now: () => Date;
  /** Told what each COPY did, so that it can be written again if the transaction rolls back. */
  readonly onLoad: (record: LoadRecord) => void;
}

/** Runs a plan on a session. @returns rows sent or changed, -1 where Redshift says nothing */
export async function executePlan(plan: Plan, context: ExecuteContext): Promise<number> {
  const { client, objects, sink } = context;
  switch (plan.kind) {
    case "accepted":
      return -1;
    case "query":
      return streamQuery(client, plan.sql, sink);
    case "command":
      return runCommand(plan, client);
    case "copy":
      return runLoad(plan, context);
    case "unload":
      return runUnload(client, objects, plan);
  }
}

async function runCommand(plan: CommandPlan, client: Client): Promise<number> {
  for (const name of plan.tablesOnly ?? []) await requireTable(client, name);
  if (plan.literals !== undefined) await refuseLiterals(client, plan.literals);
  let counted = -1;
  for (const [i, sql] of plan.sqls.entries()) {
    const { rowCount } = await client.query(sql);
    if (i === plan.counted) counted = rowCount ?? -1;
  }
  return counted;
}

/** SUPER would take the text of a literal for JSON, and VARBYTE for its own notation; Redshift takes it as it is. */
async function refuseLiterals(client: Client, { table, columns }: LiteralTargets): Promise<void> {
  if (columns.length === 0) return;
  const { rows } = await client.query<{ name: string; place: string; type: string }>(
    `SELECT attname AS name, row_number() OVER (ORDER BY attnum) - 1 AS place, format_type(atttypid, NULL) AS type
     FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [sqlName(table)],
  );
  for (const { name, place, type } of rows)
    if ((type === "json" || type === "bytea") && (columns.includes(name) || columns.includes(Number(place))))
      throw new UnsupportedSqlError(
        `a bare literal for column "${name}"`,
        type === "json"
          ? "Write JSON_PARSE(...) or CAST(... AS SUPER)."
          : "Write FROM_HEX(...) or CAST(... AS VARBYTE).",
      );
}

async function requireTable(client: Client, name: ObjectName): Promise<void> {
  const { rows } = await client.query<{ relkind: string }>("SELECT relkind FROM pg_class WHERE oid = to_regclass($1)", [
    sqlName(name),
  ]);
  const kind = rows[0]?.relkind;
  if (kind === undefined) throw new SqlError(`relation "${displayName(name)}" does not exist`, { sqlstate: "42P01" });
  if (kind !== "r" && kind !== "p")
    throw new RefusedByRedshiftError(`MERGE works on tables: "${displayName(name)}" is a view`);
}

async function runLoad(
  plan: CopyPlan,
  { client, pid, objects, queryId, now, onLoad }: ExecuteContext,
): Promise<number> {
  const startedAt = now();
  const outcome = await runCopy(client, objects, plan);
  const record = { queryId, pid, startedAt, endedAt: now(), plan, outcome };
  onLoad(record);
  if (outcome.failure !== null) throw outcome.failure;
  await writeLoadRecord(client, record);
  await client.query("SELECT set_config('redshift.copy_count', $1, false), set_config('redshift.copy_id', $2, false)", [
    String(outcome.loadedRows),
    String(queryId),
  ]);
  return outcome.loadedRows;
}
