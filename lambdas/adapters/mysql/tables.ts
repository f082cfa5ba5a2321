import type { SourceColumn, SourceTable } from "../../core/capture-ports.ts";
import { MysqlServerError } from "./errors.ts";
import { quoteName, quoteText } from "./literal.ts";
import type { MysqlSession, TextRow } from "./session.ts";

const number = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text);

/** Lower case but for labels, as `SourceColumn.columnType` promises. */
const lowerOutsideLabels = (type: string): string =>
  type.replace(/'(?:[^']|'')*'|[^']+/g, (part) => (part.startsWith("'") ? part : part.toLowerCase()));

function readColumn(row: TextRow): SourceColumn {
  const dataType = (row.data_type ?? "").toLowerCase();
  return {
    name: row.column_name ?? "",
    dataType,
    columnType: lowerOutsideLabels(row.column_type ?? ""),
    nullable: row.is_nullable === "YES",
    charset: row.charset?.toLowerCase() ?? null,
    length: number(row.length),
    precision: number(row.numeric_precision),
    scale: number(row.numeric_scale),
    fsp: number(row.fsp),
  };
}

const idOf = (row: TextRow): string => `${row.db ?? ""}\0${row.tbl ?? ""}`;

function grouped<T>(rows: readonly TextRow[], read: (row: TextRow) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(idOf(row));
    if (group === undefined) groups.set(idOf(row), [read(row)]);
    else group.push(read(row));
  }
  return groups;
}

/**
 * All base tables of these databases. `silentForeignKeys` are those by which the server changes this table's rows
 * without binlog events: the parent's ON DELETE or ON UPDATE is CASCADE, SET NULL or SET DEFAULT.
 * @param only a single table of them
 */
export async function readTables(
  session: MysqlSession,
  databases: readonly string[],
  only?: string,
): Promise<readonly SourceTable[]> {
  if (databases.length === 0) return [];
  const list = databases.map(quoteText).join(", ");
  const name = only === undefined ? "" : ` AND TABLE_NAME = ${quoteText(only)}`;
  const tables = await session.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS tbl FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA IN (${list})${name} ORDER BY 1, 2`,
  );
  const columns = await session.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS tbl, COLUMN_NAME AS column_name, DATA_TYPE AS data_type, COLUMN_TYPE AS column_type, ` +
      `IS_NULLABLE AS is_nullable, CHARACTER_SET_NAME AS charset, CHARACTER_MAXIMUM_LENGTH AS length, NUMERIC_PRECISION AS numeric_precision, ` +
      `NUMERIC_SCALE AS numeric_scale, DATETIME_PRECISION AS fsp FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (${list})${name} ` +
      `ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`,
  );
  const keys = await session.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS tbl, COLUMN_NAME AS name FROM information_schema.STATISTICS ` +
      `WHERE INDEX_NAME = 'PRIMARY' AND TABLE_SCHEMA IN (${list})${name} ORDER BY TABLE_SCHEMA, TABLE_NAME, SEQ_IN_INDEX`,
  );
  const foreign = await session.query(
    `SELECT CONSTRAINT_SCHEMA AS db, TABLE_NAME AS tbl, CONSTRAINT_NAME AS name FROM information_schema.REFERENTIAL_CONSTRAINTS ` +
      `WHERE CONSTRAINT_SCHEMA IN (${list})${name} AND (DELETE_RULE NOT IN ('RESTRICT', 'NO ACTION') OR UPDATE_RULE NOT IN ('RESTRICT', 'NO ACTION'))`,
  );
  const columnsOf = grouped(columns, readColumn);
  const keysOf = grouped(keys, (row) => row.name ?? "");
  const foreignOf = grouped(foreign, (row) => row.name ?? "");
  const result: SourceTable[] = [];
  for (const row of tables) {
    const [db, tableName] = [row.db ?? "", row.tbl ?? ""];
    result.push({
      db,
      name: tableName,
      columns: columnsOf.get(idOf(row)) ?? [],
      primaryKey: keysOf.get(idOf(row)) ?? [],
      silentForeignKeys:
        foreignOf.get(idOf(row)) ?? (only === undefined ? await silentKeys(session, db, tableName) : []),
    });
  }
  return result;
}

const FOREIGN_KEY =
  /^\s*CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY .* ON (?:DELETE|UPDATE) (?:CASCADE|SET NULL|SET DEFAULT)/;

/**
 * The same from the table's own statement: to a user who may only SELECT, MariaDB's information_schema shows no
 * foreign keys at all. Without the right to see even that, none are known.
 */
async function silentKeys(session: MysqlSession, db: string, table: string): Promise<readonly string[]> {
  try {
    const [row] = await session.query(`SHOW CREATE TABLE ${quoteName(db)}.${quoteName(table)}`);
    const lines = (row?.["Create Table"] ?? "").split("\n");
    return lines.flatMap((line) => FOREIGN_KEY.exec(line)?.[1]?.replaceAll("``", "`") ?? []);
  } catch (error) {
    if (error instanceof MysqlServerError) return [];
    throw error;
  }
}
