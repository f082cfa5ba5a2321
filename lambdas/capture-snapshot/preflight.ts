import { qualifiedName } from "../../schemas/naming.ts";
import { hasPersonalData } from "../../schemas/model/table.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { fitOf } from "../../schemas/types/fit.ts";
import { columnTypeOf, refusalOf } from "../../schemas/types/from-mysql.ts";
import { accountOf } from "../core/account.ts";
import type { Replication, ServerFacts, SourceTable } from "../core/capture-ports.ts";
import { privilegeProblems, unreadableTables } from "./privileges.ts";

export interface Preflight {
  /** What makes exact capture impossible; each sentence ends with the command that fixes it. */
  readonly problems: readonly string[];
  /** The same of single tables. */
  readonly unfit: ReadonlyMap<AnyTable, readonly string[]>;
  /** What an operator should know. */
  readonly warnings: readonly string[];
}

/** A crash on Friday night must be survivable until Monday: logs are kept at least this long. */
const MINIMUM_RETENTION_SECONDS = 3 * 24 * 3_600;

/**
 * Everything that stands against exact capture, all at once, before anything is read.
 * @param kind a first copy must find its definitions exact; a resync follows a source that has moved on, as far as no
 * value is bent
 */
export function preflight(
  facts: ServerFacts,
  found: readonly SourceTable[],
  tables: readonly AnyTable[],
  kind: "copy" | "resync" = "copy",
): Preflight {
  const byName = new Map(found.map((table) => [`${table.db}.${table.name}`, table]));
  const unreadable = new Set(unreadableTables(facts, tables));
  const findings = tables.flatMap((table) => {
    const actual = byName.get(`${table.area.database}.${table.source}`);
    return actual === undefined && unreadable.has(table) ? [] : [{ table, ...checkTable(table, actual, kind) }];
  });
  return {
    problems: [...checkServer(facts), ...privilegeProblems(facts, tables)],
    unfit: new Map(
      findings.flatMap(({ table, problems }) => (problems.length > 0 ? [[table, problems] as const] : [])),
    ),
    warnings: [...checkRetention(facts), ...checkLagSeen(facts), ...findings.flatMap((finding) => finding.warnings)],
  };
}

/**
 * Row events must carry every column with its name (MySQL manual, "Binary Logging Options and Variables"):
 * binlog_row_metadata=FULL makes table maps self-describing; compression and partial JSON hide values.
 */
function checkServer({ variables, replication }: ServerFacts): string[] {
  if (!isOn(variables["log_bin"])) {
    return ["The binary log is off. Start the server with --log-bin=binlog --binlog-format=ROW --server-id=1."];
  }
  const required = (name: string, wanted: string): string[] => {
    const value = variables[name];
    if (value === undefined || value.toUpperCase() === wanted) return [];
    return [
      `${name} is ${value}; ${wanted} is needed. Run: SET GLOBAL ${name} = '${wanted}' (and in the server's option file).`,
    ];
  };
  const refused = (name: string, why: string, fix: string): string[] =>
    isOn(variables[name])
      ? [`${name} is ${variables[name]}: ${why}. Run: ${fix} (and in the server's option file).`]
      : [];
  return [
    ...(replication === null ? [] : checkReplica(replication, variables)),
    ...required("binlog_format", "ROW"),
    ...required("binlog_row_image", "FULL"),
    ...(variables["binlog_row_metadata"] === undefined
      ? ["The server does not know binlog_row_metadata. Upgrade to MySQL 8.0.1, MariaDB 10.5 or newer."]
      : required("binlog_row_metadata", "FULL")),
    ...refused(
      "binlog_transaction_compression",
      "compressed transactions are not read",
      "SET GLOBAL binlog_transaction_compression = OFF",
    ),
    ...refused(
      "binlog_row_value_options",
      "partial JSON updates hide values",
      "SET GLOBAL binlog_row_value_options = ''",
    ),
  ];
}

/** MySQL 8.0.26 renamed the variable. */
function checkReplica({ from }: Replication, variables: ServerFacts["variables"]): string[] {
  const name = variables["log_replica_updates"] === undefined ? "log_slave_updates" : "log_replica_updates";
  if (isOn(variables[name])) return [];
  return [
    `The source is a replica${from === null ? "" : ` of ${from}`} and ${name} is ${variables[name] ?? "unknown"}: its binlog lacks what it replicates. ` +
      `Start it with --${name.replaceAll("_", "-")}=ON, or capture from ${from ?? "the server that it replicates from"}.`,
  ];
}

const isOn = (value: string | undefined): boolean =>
  value !== undefined && !["", "0", "OFF", "NO"].includes(value.toUpperCase());

function checkRetention({ variables }: ServerFacts): string[] {
  const seconds =
    Number(variables["binlog_expire_logs_seconds"] ?? 0) || Number(variables["expire_logs_days"] ?? 0) * 86_400;
  if (seconds === 0 || seconds >= MINIMUM_RETENTION_SECONDS) return [];
  return [
    `The binary log is kept for ${seconds} s only: capture that stops for longer must copy again. ` +
      `Run: SET GLOBAL binlog_expire_logs_seconds = ${MINIMUM_RETENTION_SECONDS} (or more).`,
  ];
}

function checkLagSeen({ replication, user }: ServerFacts): string[] {
  if (replication === null || replication.from !== null) return [];
  return [
    `The source is a replica, and user ${user} may not see how far behind it is. Run: GRANT SLAVE MONITOR ON *.* TO ${accountOf(user)}.`,
  ];
}

type TableFindings = Pick<Preflight, "problems" | "warnings">;

function checkTable(table: AnyTable, actual: SourceTable | undefined, kind: "copy" | "resync"): TableFindings {
  const name = `${table.area.database}.${table.source}`;
  if (actual === undefined) {
    return {
      problems: [
        `Table ${name} does not exist at the source. Create it, or remove schemas/sources/${table.area.name}/${table.name}.ts.`,
      ],
      warnings: [],
    };
  }
  const columns = columnFindings(table, actual, name);
  const drift = columns.filter(({ followed }) => kind === "resync" && followed).map(({ sentence }) => sentence);
  const problems = columns.map(({ sentence }) => sentence).filter((sentence) => !drift.includes(sentence));
  const warnings = [
    ...drift,
    ...unknownColumns(table, actual).map(
      (column) => `Column ${name}.${column} is not in the definition: ${fateOfUnknown(table)} until it is added.`,
    ),
    ...actual.silentForeignKeys.map(
      (key) =>
        `Foreign key ${key} changes rows of ${name} without binlog events (CASCADE or SET NULL): they are found by reconciliation only.`,
    ),
    ...(table.key === "none"
      ? [`Table ${name} has no key: it is kept append-only, changes of its rows cannot be told apart.`]
      : []),
  ];
  return { problems: [...problems, ...keyProblems(table, actual, name)], warnings };
}

const fateOfUnknown = (table: AnyTable): string =>
  hasPersonalData(table)
    ? "because the table has personal data, its values stay at the source"
    : "its values land in _unmapped";

function unknownColumns(table: AnyTable, actual: SourceTable): readonly string[] {
  const defined = [table.columns, table.dropped ?? {}].flatMap((columns) => Object.values(columns));
  const known = new Set(defined.map((column) => column.source));
  return actual.columns.map((column) => column.name).filter((column) => !known.has(column));
}

interface ColumnFinding {
  readonly sentence: string;
  /** Changes that capture follows: what arrives is exact, and what does not fit is kept apart. */
  readonly followed: boolean;
}

function columnFindings(table: AnyTable, actual: SourceTable, name: string): ColumnFinding[] {
  const byName = new Map(actual.columns.map((column) => [column.name, column]));
  const file = `schemas/sources/${table.area.name}/${table.name}.ts`;
  return Object.entries(table.columns).flatMap(([warehouseName, column]) => {
    const found = byName.get(column.source);
    const at = `Column ${name}.${column.source}`;
    if (found === undefined) {
      const followed = table.key === "none" || !table.key.includes(warehouseName);
      return [
        {
          sentence: `${at} does not exist at the source. Remove ${warehouseName} from ${file}, or add the column.`,
          followed,
        },
      ];
    }
    const type = columnTypeOf(found);
    if (type === null) {
      const { why, fix } = refusalOf(found) ?? { why: found.columnType, fix: "" };
      return [{ sentence: `${at} is ${why}. Remove ${warehouseName} from ${file}, ${fix}.`, followed: false }];
    }
    const fit = fitOf(column.type, type);
    if (fit === "exact") return [];
    const sentence =
      `${at} is ${found.columnType} at the source, which ${warehouseName} in ${file} cannot hold ` +
      `(${JSON.stringify(column.type)}). Change the definition to match.`;
    return [{ sentence, followed: fit === "wide" }];
  });
}

function keyProblems(table: AnyTable, actual: SourceTable, name: string): string[] {
  if (table.key === "none") return [];
  const wanted = table.key.map((column) => table.columns[column]?.source ?? column);
  if (wanted.join() === actual.primaryKey.join()) return [];
  const have =
    actual.primaryKey.length === 0 ? "has no primary key" : `has the primary key (${actual.primaryKey.join(", ")})`;
  return [
    `Table ${name} ${have}, but ${qualifiedName(table)} is keyed by (${wanted.join(", ")}). ` +
      `Run: ALTER TABLE ${name} ADD PRIMARY KEY (${wanted.join(", ")}), or change the definition's key.`,
  ];
}
