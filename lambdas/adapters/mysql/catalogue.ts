import type { SourceColumn, SourceTable } from "../../core/capture-ports.ts";
import { MysqlServerError } from "./errors.ts";
import { quoteName, quoteText } from "./literal.ts";
import { identify } from "./server.ts";
import { openSession } from "./session.ts";
import type { MysqlSession, TextRow } from "./session.ts";
import { readTables } from "./tables.ts";
import type { MysqlTarget } from "./target.ts";
import { stringWriter } from "./values/charsets.ts";

/** A column with what only people and definitions need of it. */
export interface CatalogueColumn extends SourceColumn {
  readonly comment: string;
  /** Expression of a generated column; null for others. */
  readonly generated: string | null;
  /** MariaDB's JSON: a longtext with the check that its values are JSON. */
  readonly checkedJson: boolean;
}

export interface UniqueKey {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface CatalogueTable extends SourceTable {
  readonly columns: readonly CatalogueColumn[];
  readonly comment: string;
  /** Unique indexes over whole columns, other than the primary key. */
  readonly uniqueKeys: readonly UniqueKey[];
  /** What the server answers to a SELECT of all columns that returns no row; null when it may be read. */
  readonly refusal: string | null;
}

/** Something with columns that is no base table. */
export interface OtherObject {
  readonly name: string;
  /** As the server says it, lower case: `view`, `sequence`, `system versioned`. */
  readonly kind: string;
}

export interface DatabaseCatalogue {
  readonly tables: readonly CatalogueTable[];
  readonly others: readonly OtherObject[];
}

/** What a server's catalogue says to this user. Only reads. */
export interface Catalogue {
  /** `user@host` of the connection. */
  readonly user: string;
  /** Databases that the user sees, the server's own left out. */
  readonly databases: readonly string[];
  /** Whether names differ by case alone on this server. */
  readonly caseSensitive: boolean;
  read(database: string): Promise<DatabaseCatalogue>;
  close(): void;
}

const OWN_DATABASES = new Set(["information_schema", "mysql", "performance_schema", "sys"]);

/** @throws MysqlAccessError, MysqlConnectionError */
export async function openCatalogue(target: MysqlTarget): Promise<Catalogue> {
  const session = await openSession(target);
  try {
    const { flavour, foldsNames } = await identify(session);
    const [who] = await session.query("SELECT CURRENT_USER() AS user");
    const found = await session.query("SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA ORDER BY 1");
    return {
      user: who?.user ?? target.user,
      databases: found.map(({ name }) => name ?? "").filter((name) => !OWN_DATABASES.has(name.toLowerCase())),
      caseSensitive: !foldsNames,
      read: (database) => readDatabase(session, flavour, database),
      close: () => session.close(),
    };
  } catch (error) {
    session.destroy();
    throw error;
  }
}

async function readDatabase(
  session: MysqlSession,
  flavour: "mysql" | "mariadb",
  database: string,
): Promise<DatabaseCatalogue> {
  const here = `TABLE_SCHEMA = ${quoteText(database)}`;
  const objects = await session.query(
    `SELECT TABLE_NAME AS tbl, TABLE_TYPE AS kind, TABLE_COMMENT AS comment FROM information_schema.TABLES WHERE ${here} ORDER BY 1`,
  );
  const columns = await session.query(
    `SELECT TABLE_NAME AS tbl, COLUMN_NAME AS name, COLUMN_COMMENT AS comment, GENERATION_EXPRESSION AS expression ` +
      `FROM information_schema.COLUMNS WHERE ${here}`,
  );
  const indexes = await session.query(
    `SELECT TABLE_NAME AS tbl, INDEX_NAME AS idx, COLUMN_NAME AS name, SUB_PART AS part FROM information_schema.STATISTICS ` +
      `WHERE ${here} AND NON_UNIQUE = 0 AND INDEX_NAME <> 'PRIMARY' ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
  );
  const checked = await checkedJson(session, flavour, database);
  const comments = new Map(objects.map((row) => [row.tbl, row.comment ?? ""]));
  const details = new Map(columns.map((row) => [idOf(row.tbl, row.name), row]));
  const tables: CatalogueTable[] = [];
  for (const table of await readTables(session, [database])) {
    tables.push({
      ...table,
      columns: table.columns.map((column) => {
        const id = idOf(table.name, column.name);
        const detail = details.get(id);
        return {
          ...column,
          comment: detail?.comment ?? "",
          generated: detail?.expression || null,
          checkedJson: checked.has(id),
        };
      }),
      comment: comments.get(table.name) ?? "",
      uniqueKeys: uniqueKeys(indexes.filter((row) => row.tbl === table.name)),
      refusal: await refusalOf(session, table),
    });
  }
  const others = objects
    .filter((row) => row.kind !== "BASE TABLE")
    .map((row) => ({ name: row.tbl ?? "", kind: (row.kind ?? "").toLowerCase() }));
  return { tables, others };
}

const idOf = (table: string | null | undefined, column: string | null | undefined): string =>
  `${table ?? ""}\0${column ?? ""}`;

/** MySQL has a JSON type of its own, and its table of checks does not say which table they are of. */
async function checkedJson(
  session: MysqlSession,
  flavour: "mysql" | "mariadb",
  database: string,
): Promise<ReadonlySet<string>> {
  if (flavour === "mysql") return new Set();
  const rows = await session.query(
    `SELECT TABLE_NAME AS tbl, CHECK_CLAUSE AS clause FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ${quoteText(database)}`,
  );
  return new Set(
    rows.flatMap((row) => {
      const column = /^json_valid\(`((?:[^`]|``)+)`\)$/i.exec(row.clause ?? "")?.[1];
      return column === undefined ? [] : [idOf(row.tbl, column.replaceAll("``", "`"))];
    }),
  );
}

/** Indexes on parts of columns or on expressions identify no row by its columns. */
function uniqueKeys(rows: readonly TextRow[]): readonly UniqueKey[] {
  const names = [...new Set(rows.map((row) => row.idx ?? ""))];
  return names.flatMap((name) => {
    const parts = rows.filter((row) => row.idx === name);
    if (parts.some((row) => row.part !== null || row.name === null)) return [];
    return [{ name, columns: parts.map((row) => row.name ?? "") }];
  });
}

/** Rights may be missing on a table or on some of its columns, and a table may be broken: only a SELECT tells. */
async function refusalOf(session: MysqlSession, table: SourceTable): Promise<string | null> {
  const list = table.columns.map((column) => quoteName(column.name)).join(", ");
  try {
    await session.query(`SELECT ${list} FROM ${quoteName(table.db)}.${quoteName(table.name)} LIMIT 0`);
    return null;
  } catch (error) {
    if (error instanceof MysqlServerError) return error.message;
    throw error;
  }
}

/** Why the bytes of a column cannot be read exactly though its type can; null when they can. */
export function unreadable(column: SourceColumn): string | null {
  if (column.columnType.includes("compressed")) return "compressed columns are compressed in the binlog too";
  if (column.charset !== null && column.charset !== "binary" && stringWriter(column.charset) === null)
    return `character set ${column.charset} is not known`;
  return null;
}
