import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { WAREHOUSE_SCHEMAS } from "../../schemas/naming.ts";
import { createSchema, createTable } from "../../schemas/sql/ddl.ts";
import type { TableSpec } from "../../schemas/sql/ddl.ts";
import { migrationTable, readMigrations } from "../../schemas/sql/migrations.ts";
import { reconciliationTable } from "../../schemas/sql/reconcile/results.ts";
import { batchTable, erasureTable, sourceView, tableSpecs } from "../../schemas/sql/tables.ts";
import { existingColumns } from "../../schemas/sql/widen.ts";
import { MillraceError } from "../core/errors.ts";
import { toExistingColumn } from "../core/existing-column.ts";
import type { NewId, ObjectStore, Telemetry, Warehouse } from "../core/ports.ts";
import { retrying } from "../core/retrying.ts";
import type { RetrySettings } from "../core/retrying.ts";
import { definitionKey } from "../core/state-keys.ts";
import { toBody } from "../core/stored-json.ts";
import type { Step, Wanted } from "./plan-migration.ts";
import { planMigration, transactions } from "./plan-migration.ts";

/** The definitions ask for a change that adding does not make. Nothing was changed. */
export class MigrationRefusedError extends MillraceError {
  override readonly name = "MigrationRefusedError";
  override readonly retryable = false;

  constructor(refusals: readonly string[]) {
    super(`The warehouse needs a migration by hand:\n${refusals.map((line) => `- ${line}`).join("\n")}`);
  }
}

export interface MigratePorts {
  readonly warehouse: Warehouse;
  readonly landing: Pick<ObjectStore, "putIfAbsent">;
  readonly telemetry: Telemetry;
  readonly newId: NewId;
  readonly retry: RetrySettings;
}

export interface Definitions {
  readonly tables: readonly AnyTable[];
  readonly starTables: readonly TableSpec[];
  /** Rows that the star's tables start with; each statement adds only what is missing. */
  readonly starRows: readonly string[];
  /** KPI views over the star, with the tables that each reads. */
  readonly starViews: Wanted["views"];
}

/** Everything that the definitions want in the warehouse. */
export function wantedBy(definitions: Definitions): Wanted {
  const captured = definitions.tables.map((table) => ({ specs: tableSpecs(table), view: sourceView(table) }));
  return {
    tables: [
      migrationTable,
      batchTable,
      erasureTable,
      reconciliationTable,
      ...captured.flatMap(({ specs }) => specs),
      ...definitions.starTables,
    ],
    views: [
      ...captured.map(({ specs, view }) => ({ view, reads: specs.map(({ name }) => name) })),
      ...definitions.starViews,
    ],
  };
}

/**
 * Brings the warehouse up to the definitions by adding, and stores each definition under its hash, so that files which
 * are written now can be read after it has changed.
 *
 * Safe to repeat because it looks first and adds what is missing; a run that died half way is finished by the next.
 * @throws MigrationRefusedError before anything is changed
 */
export async function migrateWarehouse(
  definitions: Definitions,
  ports: MigratePorts,
): Promise<{ readonly steps: number }> {
  const schemas = [...WAREHOUSE_SCHEMAS];
  await run(transactions([...schemas.map(createSchema), createTable(migrationTable)]), ports);
  const columns = await retrying(() => ports.warehouse.query(existingColumns(schemas)), ports.retry);
  const migrated = await retrying(() => ports.warehouse.query(readMigrations()), ports.retry);
  const plan = planMigration(wantedBy(definitions), {
    columns: columns.map(toExistingColumn),
    migrated: migrated.map((row) => ({
      object: String(row["object"]),
      layout: String(row["layout"]),
      content: String(row["content"]),
    })),
  });
  if (plan.refusals.length > 0) throw new MigrationRefusedError(plan.refusals);
  await run(plan.steps, ports);
  await run(
    definitions.starRows.flatMap((sql) => transactions([sql])),
    ports,
  );
  await storeDefinitions(definitions.tables, ports);
  ports.telemetry.info("warehouse migrated", { steps: plan.steps.length });
  return { steps: plan.steps.length };
}

async function run(steps: readonly Step[], ports: MigratePorts): Promise<void> {
  for (const step of steps) {
    await retrying(
      () =>
        step.kind === "alone"
          ? ports.warehouse.query(step.statement).then(() => undefined)
          : ports.warehouse.transaction(step.statements, ports.newId()).then(() => undefined),
      ports.retry,
    );
  }
}

async function storeDefinitions(tables: readonly AnyTable[], ports: MigratePorts): Promise<void> {
  for (const table of tables) {
    const file = fileDefinition(table);
    const body = toBody(file);
    await ports.landing.putIfAbsent(definitionKey(definitionHash(file)), body, "application/json");
  }
}
