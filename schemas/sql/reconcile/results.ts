import type { WarehouseType } from "../../types/warehouse.ts";
import type { ColumnSpec } from "../columns.ts";
import type { TableSpec } from "../ddl.ts";
import { identifiers, integer, literal, qualified } from "../quote.ts";

const text = (bytes: number): WarehouseType => ({ name: "VARCHAR", bytes });
const column = (name: string, type: WarehouseType, comment: string, notNull = true): ColumnSpec => ({
  name,
  type,
  comment,
  notNull,
});
const count = (name: string, comment: string): ColumnSpec => column(name, { name: "BIGINT" }, comment);
const MESSAGE = 1_000;

/** `ops.reconciliation`. */
export const reconciliationTable: TableSpec = {
  name: "ops.reconciliation",
  comment: "One row for every table of every reconciliation of source and mirror.",
  columns: [
    column("run", text(40), "Id of the run; begins with its time."),
    column("table_name", text(127), "Table compared, `<area>_<table>`."),
    column("started_at", { name: "TIMESTAMP" }, "When it was planned, UTC."),
    column("finished_at", { name: "TIMESTAMP" }, "When it ended, UTC."),
    column(
      "verdict",
      text(16),
      "equal, different, or unconfirmed: the mirror did not get as far as the source was read.",
    ),
    count("source_rows", "Rows read at the source."),
    count("mirror_rows", "Live rows counted in the mirror."),
    count("ranges", "Ranges whose rows were looked at one by one."),
    count("changed_rows", "Rows with another content in the mirror."),
    count("missing_rows", "Rows that the mirror lacks."),
    count("surplus_rows", "Rows that only the mirror has."),
    count("repaired_rows", "Rows that differed before a repair and do not any more."),
    column("message", text(MESSAGE), "What kept it from a verdict, if anything.", false),
  ],
  primaryKey: ["run", "table_name"],
  distribution: { style: "EVEN" },
  sortKey: ["started_at"],
};

export interface ReconciliationRow {
  readonly run: string;
  readonly table: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly verdict: string;
  /** source, mirror, ranges, changed, missing, surplus, repaired. */
  readonly counts: readonly [number, number, number, number, number, number, number];
  readonly message: string | null;
}

const moment = (ms: number): string => literal(new Date(ms).toISOString().replace("T", " ").replace("Z", ""));

/** Replaces a table's row of a run: it is written again after a repair. */
export function recordReconciliation(row: ReconciliationRow): readonly string[] {
  const table = qualified(reconciliationTable.name);
  const names = identifiers(reconciliationTable.columns.map(({ name }) => name));
  const message = row.message === null ? "NULL" : literal(row.message.replace(/[\\\0]/g, "/").slice(0, MESSAGE / 4));
  const values = [
    ...[row.run, row.table].map(literal),
    ...[row.startedAt, row.finishedAt].map(moment),
    literal(row.verdict),
    ...row.counts.map(integer),
    message,
  ];
  return [
    `DELETE FROM ${table} WHERE run = ${literal(row.run)} AND table_name = ${literal(row.table)}`,
    `INSERT INTO ${table} (${names})\nVALUES (${values.join(", ")})`,
  ];
}
