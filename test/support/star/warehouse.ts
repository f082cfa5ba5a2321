import type { Client } from "pg";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { historyName, mirrorName, qualifiedName, touchedName, WAREHOUSE_SCHEMAS } from "../../../schemas/naming.ts";
import { BATCH_TABLE, touchedColumns } from "../../../schemas/sql/columns.ts";
import { createSchema, createTable } from "../../../schemas/sql/ddl.ts";
import { joinColumns, keyColumns, usesKeyColumn } from "../../../schemas/sql/keys.ts";
import { identifiers } from "../../../schemas/sql/quote.ts";
import { buildTransactions, pendingQuery, recordTransaction } from "../../../schemas/sql/star-build.ts";
import { starDdl } from "../../../schemas/sql/star-ddl.ts";
import { batchTable, tableSpecs } from "../../../schemas/sql/tables.ts";
import type { Star } from "../../../schemas/warehouse/star.ts";
import { starViewDdl } from "../../../schemas/sql/star-views.ts";
import { star, starTables } from "../../../schemas/warehouse/star.ts";

/** A version of a row as it stands in history, by the warehouse's column names. */
export interface HistoryRow {
  readonly table: AnyTable;
  readonly op: "r" | "c" | "u" | "d";
  readonly version: string;
  /** `YYYY-MM-DD HH:MM:SS[.ffffff]`, UTC. */
  readonly commitAt: string;
  readonly capturedAt?: string;
  readonly row: Readonly<Record<string, string | number | boolean | null>>;
}

/** What Redshift says about storage, and types of its own, as plain PostgreSQL takes them. */
export function plain(sql: string): string {
  return sql
    .replace(/ ENCODE \w+/g, "")
    .replace(/\nDISTSTYLE \w+(?: DISTKEY \([^)]*\))?/g, "")
    .replace(/\nCOMPOUND SORTKEY \([^)]*\)/g, "")
    .replace(/\bSUPER\b/g, "JSONB")
    .replace(/\bVARBYTE\(\d+\)/g, "BYTEA")
    .replace(/\bDOUBLE PRECISION\b/g, "FLOAT8");
}

const hex = (text: string): string => Buffer.from(text, "utf8").toString("hex");

/** History, mirror and star on plain PostgreSQL, and a load that leaves in them what the real one leaves. */
export class TestWarehouse {
  readonly #client: Client;
  readonly #star: Star;
  readonly #tables: readonly AnyTable[];
  #batches = 0;

  constructor(client: Client, of: Star = star) {
    this.#client = client;
    this.#star = of;
    this.#tables = starTables(of);
  }

  /**
   * Makes everything anew.
   * @param run how DDL is run. @default - directly, as plain PostgreSQL takes it
   */
  async create(run?: (statements: readonly string[]) => Promise<unknown>): Promise<void> {
    const specs = [batchTable, ...this.#tables.flatMap(tableSpecs)];
    const views = this.#star === star ? starViewDdl() : [];
    const statements = [
      ...WAREHOUSE_SCHEMAS.map(createSchema),
      ...specs.map(createTable),
      ...starDdl(this.#star),
      ...views,
    ];
    if (run !== undefined) {
      for (let at = 0; at < statements.length; at += 40) await run(statements.slice(at, at + 40));
      return;
    }
    await this.#client.query(
      "CREATE OR REPLACE FUNCTION getdate() RETURNS timestamp LANGUAGE sql RETURN localtimestamp",
    );
    for (const schema of WAREHOUSE_SCHEMAS) await this.#client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    for (const statement of statements) await this.#client.query(plain(statement));
  }

  /** Empties everything but dim_date and what the tables start with. */
  async clear(): Promise<void> {
    const names = this.#tables.flatMap(tableSpecs).map((spec) => spec.name);
    await this.#client.query(`TRUNCATE ${[...names, BATCH_TABLE, "ops.star_batch", "ops.star_moved"].join(", ")}`);
    for (const fact of this.#star.facts) await this.#client.query(`TRUNCATE mart.fact_${fact.name}`);
    for (const dimension of this.#star.dimensions)
      await this.#client.query(`DELETE FROM mart.dim_${dimension.name} WHERE ${dimension.name}_key > 0`);
    await this.#client.query("UPDATE ops.star SET last_key = 0");
  }

  /** One load per table of the rows. @returns the number of loads */
  async load(rows: readonly HistoryRow[]): Promise<void> {
    await this.#client.query("BEGIN");
    try {
      for (const table of this.#tables) {
        const own = rows.filter((row) => row.table === table);
        if (own.length > 0) await this.#loadTable(table, own);
      }
      await this.#client.query("COMMIT");
    } catch (error) {
      await this.#client.query("ROLLBACK");
      throw error;
    }
  }

  async #loadTable(table: AnyTable, rows: readonly HistoryRow[]): Promise<void> {
    const batch = `batch${String(++this.#batches).padStart(8, "0")}`;
    const same = (a: string, b: string): string =>
      joinColumns(table)
        .map((name) => `${a}.${name} = ${b}.${name}`)
        .join(" AND ");
    const records = rows.map(({ op, version, commitAt, capturedAt, row }) => ({
      ...row,
      ...(usesKeyColumn(table)
        ? {
            _key: keyColumns(table)
              .map((name) => hex(String(row[name])))
              .join("-"),
          }
        : {}),
      ...{ _version: version, _op: op, _commit_at: commitAt, _captured_at: capturedAt ?? commitAt },
      ...{ _partition: 0, _offset: 0, _batch: batch, _deleted: op === "d" },
    }));
    const json = [JSON.stringify(records)];
    const history = historyName(table);
    const mirror = mirrorName(table);
    await this.#client.query(
      `INSERT INTO ${history} SELECT DISTINCT ON (${identifiers(joinColumns(table), "n")}, n._version) n.*
       FROM json_populate_recordset(NULL::${history}, $1) n
       WHERE NOT EXISTS (SELECT 1 FROM ${history} h WHERE ${same("h", "n")} AND h._version = n._version)`,
      json,
    );
    const newest = `SELECT DISTINCT ON (${identifiers(joinColumns(table), "n")}) n.*
       FROM json_populate_recordset(NULL::${mirror}, $1) n ORDER BY ${identifiers(joinColumns(table), "n")}, n._version DESC`;
    await this.#client.query(
      `DELETE FROM ${mirror} USING (${newest}) n WHERE ${same(mirror, "n")} AND ${mirror}._version < n._version`,
      json,
    );
    await this.#client.query(
      `INSERT INTO ${mirror} SELECT n.* FROM (${newest}) n WHERE NOT EXISTS (SELECT 1 FROM ${mirror} m WHERE ${same("m", "n")})`,
      json,
    );
    const touched = touchedColumns(table)
      .map((column) => column.name)
      .filter((name) => name !== "batch");
    await this.#client.query(
      `INSERT INTO ${touchedName(table)} (${identifiers(touched)}, batch)
       SELECT ${identifiers(touched, "n")}, '${batch}'
       FROM json_populate_recordset(NULL::${history}, $1) n GROUP BY ${identifiers(touched, "n")}`,
      json,
    );
    await this.#client.query(
      `INSERT INTO ${BATCH_TABLE} (batch, table_name, rows, quarantined, loaded_at) VALUES ($1, $2, $3, 0, localtimestamp)`,
      [batch, qualifiedName(table), rows.length],
    );
  }

  async #pending(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { rows } = await this.#client.query<{ batch: string; table_name: string }>(pendingQuery(this.#star));
    const pending = new Map<string, string[]>();
    for (const { batch, table_name } of rows) pending.set(table_name, [...(pending.get(table_name) ?? []), batch]);
    return pending;
  }

  /** Statements that the next build would run, in one list. */
  async nextBuild(): Promise<readonly string[]> {
    return buildTransactions(await this.#pending(), this.#star).flat();
  }

  /** Builds the star as build-star does. */
  async build(all = false): Promise<void> {
    const pending = await this.#pending();
    for (const transaction of buildTransactions(all ? "all" : pending, this.#star)) await this.transaction(transaction);
    if (pending.size > 0) await this.transaction(recordTransaction(pending, "2026-01-01 00:00:00", this.#star));
  }

  /** As one BatchExecuteStatement: a session of its own, so temporary tables go at its end. */
  async transaction(statements: readonly string[]): Promise<void> {
    if (statements.length > 40) throw new Error(`${statements.length} statements are too many for one batch`);
    await this.#client.query("BEGIN");
    let current = "";
    try {
      for (current of statements) await this.#client.query(current);
      await this.#client.query("COMMIT");
    } catch (error) {
      await this.#client.query("ROLLBACK");
      throw new Error(`${String(error)}\n${current}`, { cause: error });
    } finally {
      await this.#client.query("DISCARD TEMP");
    }
  }

  async rows<T extends object>(sql: string): Promise<T[]> {
    return (await this.#client.query<T>(sql)).rows;
  }

  /** Names of a table's columns. */
  async columns(table: string): Promise<readonly string[]> {
    const { fields } = await this.#client.query(`SELECT * FROM ${table} LIMIT 0`);
    return fields.map((field) => field.name);
  }
}
