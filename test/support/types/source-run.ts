import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { identify } from "../../../lambdas/adapters/mysql/server.ts";
import type { MysqlSession, TextRow } from "../../../lambdas/adapters/mysql/session.ts";
import type { MysqlTarget } from "../../../lambdas/adapters/mysql/index.ts";
import type {
  BinlogEvent,
  LogPlace,
  RowChange,
  SourceDatabase,
  SourceTable,
} from "../../../lambdas/core/capture-ports.ts";
import { canonicalColumn } from "../../../localstack/demo/compare/canonical.ts";
import { columnTypeOf } from "../../../schemas/types/from-mysql.ts";
import type { Column } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { createStatements, updateStatements } from "./tables.ts";
import type { GeneratedTable } from "./tables.ts";

export const DATABASE = "millrace_generated";
const SERVER_ID = 4_500;

export interface Source {
  readonly target: MysqlTarget;
  readonly writer: MysqlSession;
  readonly database: SourceDatabase;
}

/** Row numbers to what one way of reading gave. */
export type ByRow<T> = Map<number, T>;

export interface ChangeSeen {
  readonly op: "c" | "u" | "d";
  readonly place: LogPlace;
  readonly row: number;
  readonly change: RowChange;
}

/** One table as the source's ways of reading showed it. */
export interface Seen {
  readonly table: GeneratedTable;
  readonly definition: AnyTable;
  readonly start: LogPlace;
  /** After the inserts, and after the updates: the snapshot's row texts, and the server's own rendering by column. */
  readonly states: readonly [State, State];
  readonly changes: readonly ChangeSeen[];
}

export interface State {
  readonly snapshot: ByRow<string>;
  readonly keys: ByRow<string | null>;
  readonly rendered: ByRow<TextRow>;
}

/** Makes the tables, changes all their rows, and reads them by snapshot and binlog. */
export async function runAtSource(
  source: Source,
  area: string,
  tables: readonly GeneratedTable[],
): Promise<readonly Seen[]> {
  const { writer } = source;
  const { flavour } = await identify(writer);
  await writer.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
  await writer.query(`CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4`);
  const start = await source.database.currentPlace();
  for (const [i, table] of tables.entries())
    for (const sql of createStatements(`${DATABASE}.t${i}`, table)) await writer.query(sql);
  const described = new Map((await source.database.describeTables([DATABASE])).map((table) => [table.name, table]));
  const definitions = tables.map((table, i) => definitionOf(area, table, described.get(`t${i}`), flavour));
  const first = await statesOf(source, definitions);
  for (const [i, table] of tables.entries())
    for (const sql of updateStatements(`${DATABASE}.t${i}`, table)) await writer.query(sql);
  const second = await statesOf(source, definitions);
  for (const i of tables.keys()) await writer.query(`DELETE FROM ${DATABASE}.t${i}`);
  const changes = await readChanges(source.target, start, definitions);
  return tables.map((table, i) => {
    const definition = definitions[i] as AnyTable;
    const states = [first[i] as State, second[i] as State] as const;
    return { table, definition, start, states, changes: changes.get(definition.name) ?? [] };
  });
}

/** The definition that an import of the table would write; warehouse names are by place. */
function definitionOf(area: string, table: GeneratedTable, found: SourceTable | undefined, flavour: string): AnyTable {
  if (found === undefined) throw new Error(`${flavour} has no such table`);
  const columns = found.columns.map((column, i): [string, Column] => {
    const type = columnTypeOf(column);
    if (type === null) throw new Error(`${column.columnType} has no type`);
    return [`c${i}`, { source: column.name, type, nullable: column.nullable, comment: "" }];
  });
  const warehouseName = (name: string): string => columns.find(([, column]) => column.source === name)?.[0] ?? "";
  const [head, ...rest] = found.primaryKey.map(warehouseName);
  return {
    area: { name: area, database: DATABASE },
    name: found.name,
    source: found.name,
    columns: Object.fromEntries(columns),
    key: head === undefined ? "none" : [head, ...rest],
    comment: "",
    partitions: 1,
  };
}

const rowNumber = (text: string | null): number => (JSON.parse(text ?? "{}") as { n: number }).n;

async function statesOf(source: Source, definitions: readonly AnyTable[]): Promise<readonly State[]> {
  const states: State[] = [];
  for (const table of definitions) {
    const state: State = { snapshot: new Map(), keys: new Map(), rendered: new Map() };
    const signal = new AbortController().signal;
    const reading = source.database.read({ table, above: null, upTo: null, after: null, signal });
    for await (const { rows } of reading)
      for (const { key, after } of rows) {
        state.snapshot.set(rowNumber(after), after);
        state.keys.set(rowNumber(after), key);
      }
    const list = Object.entries(table.columns).map(([name, column]) => `${rendering(name, column)} AS ${name}`);
    for (const row of await source.writer.query(`SELECT ${list.join(", ")} FROM ${DATABASE}.${table.source}`))
      state.rendered.set(Number(row["c0"]), row);
    states.push(state);
  }
  return states;
}

/** As text by the server; MySQL's CAST cuts a double to 22 characters, its protocol does not. */
function rendering(name: string, column: Column): string {
  return column.type.kind === "float" ? `\`${column.source}\` * 1E0` : canonicalColumn(name, column).source;
}

async function readChanges(
  target: MysqlTarget,
  from: LogPlace,
  tables: readonly AnyTable[],
): Promise<ReadonlyMap<string, readonly ChangeSeen[]>> {
  const seen = new Map<string, ChangeSeen[]>();
  const signal = new AbortController().signal;
  const open = binlogOf(target, { untilEnd: true });
  for await (const events of open({ from, gtid: null, serverId: SERVER_ID, tables, signal }))
    for (const event of events) if (event.kind === "rows") collect(event, seen);
  return seen;
}

function collect(event: Extract<BinlogEvent, { kind: "rows" }>, seen: Map<string, ChangeSeen[]>): void {
  const list = seen.get(event.table.name) ?? [];
  seen.set(event.table.name, list);
  for (const [i, change] of event.rows.entries())
    list.push({ op: event.op, place: event.place, row: event.firstRow + i, change });
}
