import type { Column } from "../model/column.ts";
import type { AnyTable } from "../model/table.ts";
import { keyColumns } from "./keys.ts";

/** Value of a key column as the MySQL driver takes it. */
type Parameter = string | number | Buffer;

export interface SourceQuery {
  /** MySQL text with `?` for each parameter. */
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

export interface SnapshotRange {
  /** Key of the row before the first one wanted, in key order; null: from the start. */
  readonly after: readonly Parameter[] | null;
  /** Largest value of the first key column; null: to the end. */
  readonly upTo: Parameter | null;
  /** Rows at most; null: all. */
  readonly limit: number | null;
}

/** Quotes a name of the source, whatever characters it has. */
export function sourceName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** `database`.`table` at the source. */
export function sourceTable(table: AnyTable): string {
  return `${sourceName(table.area.database)}.${sourceName(table.source)}`;
}

/**
 * One column as the snapshot reads it. The text protocol prints FLOAT with 6 digits only and DOUBLE(M,D) with D decimals:
 * the product keeps all of them (the decoder rounds to float32), and the sign of -0, which a sum would lose.
 */
function selected(column: Column): string {
  const name = sourceName(column.source);
  return column.type.kind === "float" ? `${name} * 1E0 AS ${name}` : name;
}

/**
 * Rows of a key range in key order; without a key, the whole table in one read. Keyset, never OFFSET: each page starts
 * at an index position. The condition is spelled out because MySQL scans the whole index for `(a, b) > (?, ?)`.
 */
export function snapshotSelect(table: AnyTable, range: SnapshotRange): SourceQuery {
  const columns = Object.values(table.columns).map(selected).join(", ");
  const key = keyColumns(table).map((name) => sourceName(table.columns[name]?.source ?? name));
  const conditions: string[] = [];
  const parameters: Parameter[] = [];
  const [first] = key;
  if (range.after !== null) {
    if (range.after.length !== key.length) {
      throw new TypeError(`${sourceTable(table)}: a range needs ${key.length} key values, got ${range.after.length}`);
    }
    const { sql, values } = greaterThan(key, range.after);
    conditions.push(sql);
    parameters.push(...values);
  }
  if (range.upTo !== null && first !== undefined) {
    conditions.push(`${first} <= ?`);
    parameters.push(range.upTo);
  }
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const order = key.length === 0 ? "" : ` ORDER BY ${key.join(", ")}`;
  const limit = range.limit === null ? "" : ` LIMIT ${range.limit}`;
  return { sql: `SELECT ${columns} FROM ${sourceTable(table)}${where}${order}${limit}`, parameters };
}

/** `(a > ? OR (a = ? AND b > ?))`: the row comparison in the form that the range optimizer reads as index ranges. */
function greaterThan(key: readonly string[], after: readonly Parameter[]): { sql: string; values: Parameter[] } {
  const values: Parameter[] = [];
  const branches = key.map((column, depth) => {
    const equal = key.slice(0, depth).map((name) => `${name} = ?`);
    values.push(...after.slice(0, depth + 1));
    return [...equal, `${column} > ?`].join(" AND ");
  });
  return { sql: `(${branches.join(" OR ")})`, values };
}
