import type { Column } from "../model/column.ts";
import type { AnyTable } from "../model/table.ts";
import { encoding, MAX_VARCHAR, typeSql, warehouseType } from "../types/warehouse.ts";
import type { WarehouseType } from "../types/warehouse.ts";
import { joinColumns, KEY_COLUMN, keyColumns, usesKeyColumn } from "./keys.ts";

/** A column of a warehouse table, ready for DDL. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: WarehouseType;
  readonly notNull: boolean;
  readonly comment: string;
  /** @default - by type (schemas/types/warehouse.ts) */
  readonly encode?: "RAW" | "AZ64" | "ZSTD";
  /** @default - none */
  readonly default?: string;
  /** Holds pseudonyms: an existing column of another width is from before, with values in the clear. @default - false */
  readonly pseudonym?: boolean;
}

/** Width of `_version` (lambdas/core/version.ts, VERSION_LENGTH: a test compares the two). */
export const VERSION_WIDTH = 44;
/** Width of batch ids. */
export const BATCH_WIDTH = 32;

const text = (bytes: number): WarehouseType => ({ name: "VARCHAR", bytes });
const required = (name: string, type: WarehouseType, comment: string): ColumnSpec => ({
  name,
  type,
  notNull: true,
  comment,
});
const optional = (name: string, type: WarehouseType, comment: string): ColumnSpec => ({
  ...required(name, type, comment),
  notNull: false,
});

const version = required("_version", text(VERSION_WIDTH), "Place in the source's history; the newest of a key wins.");
const operation = required("_op", text(1), "r read by a snapshot, c insert, u update, d delete.");
const committedAt = optional("_commit_at", { name: "TIMESTAMP" }, "When the source committed the row, UTC.");
const capturedAt = optional("_captured_at", { name: "TIMESTAMP" }, "When capture read the row, UTC.");
const partition = required("_partition", { name: "INTEGER" }, "Kafka partition the record came from.");
const offset = required("_offset", { name: "BIGINT" }, "Kafka offset of the record in its partition.");
const raw = optional("_raw", { name: "SUPER" }, "Texts that their columns cannot hold, by column (docs/TYPES.md).");
const unmapped = optional("_unmapped", { name: "SUPER" }, "Source columns that the definition does not know.");
const batch = required("_batch", text(BATCH_WIDTH), "Load that wrote the row (ops.batch).");
const deleted = required("_deleted", { name: "BOOLEAN" }, "True once the source has deleted the row.");

/** Widest hex text that the key can have: two digits a byte, components joined by `-`. */
function keyWidth(table: AnyTable): number {
  const widths = keyColumns(table).map((name) => {
    const type = table.columns[name] === undefined ? undefined : warehouseType(table.columns[name].type);
    // 64 bytes hold the text of any number or time.
    return type !== undefined && "bytes" in type ? type.bytes * 2 : 128;
  });
  return Math.min(
    widths.reduce((sum, width) => sum + width + 1, -1),
    MAX_VARCHAR,
  );
}

const key = (table: AnyTable): ColumnSpec =>
  required(KEY_COLUMN, text(keyWidth(table)), "The key's exact bytes as hex text, components joined by '-'.");

const keyIfUsed = (table: AnyTable): readonly ColumnSpec[] => (usesKeyColumn(table) ? [key(table)] : []);

const commentOf = ({ comment, type }: Column): string =>
  type.kind === "pseudonym" ? `${comment} Keyed hash of personal data.`.trimStart() : comment;

/** The table's own columns, in the order of the definition. Only key columns that rows are matched on are NOT NULL. */
export function dataColumns(table: AnyTable): readonly ColumnSpec[] {
  const matched = joinColumns(table);
  return Object.entries(table.columns).map(([name, column]) => ({
    name,
    type: warehouseType(column.type),
    notNull: matched.includes(name),
    comment: commentOf(column),
    ...(column.type.kind === "pseudonym" && { pseudonym: true }),
  }));
}

/** Columns of a landing file and of the staging table, in file order. */
export function landingColumns(table: AnyTable): readonly ColumnSpec[] {
  const loose = (spec: ColumnSpec): ColumnSpec => ({ ...spec, notNull: false });
  const landedKey = usesKeyColumn(table)
    ? key(table)
    : optional(KEY_COLUMN, text(1), "Empty: the key compares exactly.");
  return [
    ...[version, operation, committedAt, capturedAt, partition, offset],
    loose(landedKey),
    // NOT NULL would refuse the floor records, which have no row.
    ...dataColumns(table).map(loose),
    ...[raw, unmapped],
    optional("_floor", text(256), "Floors only: `<kind> <id>`."),
  ];
}

/** One row for every version of every key that was ever seen. */
export function historyColumns(table: AnyTable): readonly ColumnSpec[] {
  const technical = [version, operation, committedAt, capturedAt, partition, offset];
  return [...keyIfUsed(table), ...dataColumns(table), ...technical, raw, unmapped, batch];
}

/** One row per key: its newest version, deleted ones included. */
export function mirrorColumns(table: AnyTable): readonly ColumnSpec[] {
  return [...keyIfUsed(table), ...dataColumns(table), version, deleted, committedAt, raw, unmapped, batch];
}

/** Keys that a load changed and build-star has not yet taken. */
export function touchedColumns(table: AnyTable): readonly ColumnSpec[] {
  const names = keyColumns(table);
  const columns = dataColumns(table).filter((column) => names.includes(column.name));
  return [...keyIfUsed(table), ...columns, { ...batch, name: "batch" }];
}

/** Which offsets are loaded: append-only; a partition's position is max(last_offset) + 1. */
export const ledgerColumns: readonly ColumnSpec[] = [
  { ...batch, name: "batch", comment: "Load that covered the range." },
  required("definition", text(32), "Definition hash of the files."),
  required("topic", text(249), "Kafka topic."),
  required("partition", { name: "INTEGER" }, "Kafka partition."),
  required("first_offset", { name: "BIGINT" }, "First offset covered."),
  required("last_offset", { name: "BIGINT" }, "Last offset covered."),
  required("rows", { name: "BIGINT" }, "Rows loaded."),
  required("quarantined", { name: "BIGINT" }, "Rows refused and put into quarantine by this load."),
  required("loaded_at", { name: "TIMESTAMP" }, "When the load ran, UTC."),
];

/** Floors seen: deletes of every key below a version (TRUNCATE, DROP, end of a resync). */
export const floorColumns: readonly ColumnSpec[] = [
  { ...batch, name: "batch", comment: "Load that brought the floor." },
  required("id", text(200), "Names one floor in all partitions."),
  required("kind", text(16), "truncate: applies at once; resync: once every partition is loaded past it."),
  { ...version, name: "version", comment: "Keys below it are deleted." },
  required("partition", { name: "INTEGER" }, "Partition it was read from."),
  required("offset", { name: "BIGINT" }, "Its offset there."),
  { ...committedAt, name: "commit_at" },
  { ...capturedAt, name: "captured_at" },
];

/** One row for every load of every table. */
export const BATCH_TABLE = "ops.batch";
export const batchColumns: readonly ColumnSpec[] = [
  { ...batch, name: "batch", comment: "Id of the load." },
  required("table_name", text(127), "Table loaded, `<area>_<table>`."),
  required("rows", { name: "BIGINT" }, "Rows loaded."),
  required("quarantined", { name: "BIGINT" }, "Rows refused and put into quarantine."),
  required("loaded_at", { name: "TIMESTAMP" }, "When the load ran, UTC."),
];

/** What was erased on somebody's demand: who it was is not kept, only a hash by which late copies are known. */
export const ERASURE_TABLE = "ops.erasure";
export const erasureColumns: readonly ColumnSpec[] = [
  required("id", text(BATCH_WIDTH), "Names one run of `millrace forget`."),
  required("table_name", text(127), "Table whose rows were erased, `<area>_<table>`."),
  required("matched", text(256), "Columns by which the rows were found, joined by commas."),
  required("value_hash", text(64), "SHA-256 of the table's name and the value of those columns."),
  { ...version, name: "up_to", comment: "Versions up to this one are erased and kept out." },
  required("requested_at", { name: "TIMESTAMP" }, "When the erasure began, UTC."),
  optional("finished_at", { name: "TIMESTAMP" }, "When it was done everywhere, UTC; NULL: it is to be run again."),
  optional("mirror_rows", { name: "BIGINT" }, "Rows taken out of the mirror."),
  optional("history_rows", { name: "BIGINT" }, "Rows taken out of history."),
  optional("landed_rows", { name: "BIGINT" }, "Rows taken out of landed objects."),
  optional("quarantined_rows", { name: "BIGINT" }, "Records taken out of quarantine."),
];

/** `name TYPE ENCODE x NOT NULL`, as CREATE TABLE and ADD COLUMN take it. */
export function encodeOf(spec: ColumnSpec): string {
  return spec.encode ?? encoding(spec.type);
}

export const columnType = (spec: ColumnSpec): string => typeSql(spec.type);
