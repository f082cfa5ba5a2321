import { parseRecord } from "../../../lambdas/land-batch/record-value.ts";
import type { ChangeRecord, Row } from "../../../lambdas/core/record.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { explanationOf, ONLY_OURS, ONLY_THEIRS } from "../../support/interop/differences.ts";
import type { Difference, Differing } from "../../support/interop/differences.ts";

type Flavour = "mysql" | "mariadb";

/** Fields that both have, and that must be the same. A snapshot's place is that of its own reading. */
const OF_CHANGES = ["connector", "db", "table", "server_id", "gtid", "file", "pos", "row", "ts_ms"] as const;
const OF_SNAPSHOTS = ["connector", "db", "table", "row"] as const;

export interface Comparison {
  /** What no rule explains. */
  readonly problems: string[];
  readonly seen: Set<Difference>;
  /** Cells of which the newest record has another value than ours: `table key column`. */
  readonly lost: Set<string>;
  cells: number;
}

/** A record with numbers as their own text where JavaScript would bend them, and as JavaScript reads it. */
interface Both {
  readonly exact: ChangeRecord;
  readonly bent: ChangeRecord;
}

const bothWays = (text: string): Both => ({ exact: parseRecord(text, true), bent: parseRecord(text, false) });
const isRead = ({ exact: { op } }: Both): boolean => op === "r";

/** Compares the records of one table, in pairs: rows of the snapshots by key, changes in the order of the log. */
export function compareRecords(
  table: AnyTable,
  flavour: Flavour,
  ours: readonly string[],
  theirs: readonly string[],
  into: Comparison,
): void {
  const [a, b] = [ours.map(bothWays), theirs.map(bothWays)];
  const byKey = (x: Both, y: Both): number => (keyText(table, x) < keyText(table, y) ? -1 : 1);
  const pairs = [
    [a.filter(isRead).sort(byKey), b.filter(isRead).sort(byKey)],
    [a.filter((one) => !isRead(one)), b.filter((one) => !isRead(one))],
  ] as const;
  for (const [left, right] of pairs) {
    if (left.length !== right.length)
      into.problems.push(`${table.name}: ${left.length} records of ours, ${right.length} of theirs`);
    left.forEach((record, at) => {
      const other = right[at];
      if (other !== undefined) comparePair(table, flavour, record, other, into);
    });
  }
}

const keyText = (table: AnyTable, { exact: { after } }: Both): string =>
  JSON.stringify(
    table.key === "none"
      ? after
      : table.key.map((name) =>
          String(after?.[table.columns[name]?.source ?? ""])
            .replace("T", " ")
            .replace(/Z$/, ""),
        ),
  );

function comparePair(table: AnyTable, flavour: Flavour, left: Both, right: Both, into: Comparison): void {
  const [a, b] = [left.exact, right.exact];
  const where = `${table.name} ${a.op} at ${a.source.file}:${a.source.pos}`;
  const same = (name: string, x: unknown, y: unknown): void => {
    if (x !== y) into.problems.push(`${where}: ${name} is ${JSON.stringify(x)}, theirs ${JSON.stringify(y)}`);
  };
  same("op", a.op, b.op);
  for (const name of a.op === "r" ? OF_SNAPSHOTS : OF_CHANGES) same(`source.${name}`, a.source[name], b.source[name]);
  compareFields(where, a, b, "record", into);
  compareFields(`${where} source`, a.source, b.source, "source", into);
  for (const side of ["before", "after"] as const) {
    // Debezium leaves a side out where ours says null.
    const [x, y] = [a[side] as Row | null | undefined, b[side] as Row | null | undefined];
    same(`${side} is there`, x != null, y != null);
    if (x == null || y == null) continue;
    const types: Types = (column) => [typeof left.bent[side]?.[column], typeof right.bent[side]?.[column]];
    const found = compareRows({ table, flavour, snapshot: a.op === "r", types, where: `${where} ${side}` }, x, y, into);
    if (side === "before") continue;
    for (const { source } of Object.values(table.columns)) {
      const cell = `${rowName(table, x, "source")} ${source}`;
      if (found.has(source)) into.lost.add(cell);
      else into.lost.delete(cell);
    }
  }
}

/** Each side may have fields that the other lacks: those that are listed. */
function compareFields(where: string, a: object, b: object, of: "record" | "source", into: Comparison): void {
  const known: readonly [object, object, readonly string[]][] = [
    [a, b, ONLY_OURS[of]],
    [b, a, ONLY_THEIRS[of]],
  ];
  for (const [has, lacks, allowed] of known) {
    for (const name of Object.keys(has))
      if (!(name in lacks) && !allowed.includes(name)) into.problems.push(`${where}: only one side has ${name}`);
  }
}

/** JSON's types of a cell, ours and theirs. */
type Types = (column: string) => readonly [string, string];

interface Rows {
  readonly table: AnyTable;
  readonly flavour: Flavour;
  readonly snapshot: boolean;
  readonly types: Types;
  readonly where: string;
}

/** @returns columns of which theirs has another value */
function compareRows(
  { table, flavour, snapshot, types, where }: Rows,
  a: Row,
  b: Row,
  into: Comparison,
): ReadonlySet<string> {
  const lost = new Set<string>();
  if (Object.keys(a).join() !== Object.keys(b).join())
    into.problems.push(`${where}: columns ${Object.keys(a).join()}, theirs ${Object.keys(b).join()}`);
  for (const { source, type } of Object.values(table.columns)) {
    const [ours, theirs] = [a[source], b[source]];
    into.cells += 1;
    const [ourType, theirType] = types(source);
    const sameType = ourType === theirType;
    if (Object.is(ours, theirs) && sameType) continue;
    const cell: Differing = { column: source, kind: type.kind, snapshot, ours, theirs, sameType };
    const rule = explanationOf(cell, flavour);
    if (rule === undefined)
      into.problems.push(`${where}: ${source} is ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`);
    else into.seen.add(rule);
    if (rule?.effect === "value") lost.add(source);
  }
  return lost;
}

/** Names a row by the texts of its key. */
export const rowName = (
  table: AnyTable,
  row: Readonly<Record<string, unknown>>,
  column: "source" | "warehouse",
): string =>
  [
    table.name,
    ...(table.key === "none" ? [] : table.key).map((name) =>
      String(row[column === "source" ? (table.columns[name]?.source ?? "") : name]),
    ),
  ].join(" ");
