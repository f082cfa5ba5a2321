import type { AnyDimension } from "../../../schemas/model/dimension.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import type { HistoryRow } from "./warehouse.ts";

/**
 * The rules of docs/ARCHITECTURE.md for versioned dimensions, written a second time in the plainest way: state by
 * state, without windows or joins. What the SQL gives must be this.
 */
export interface Version {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Null: open to the past. */
  readonly from: string | null;
  /** Null: open to the future. */
  readonly to: string | null;
  readonly deleted: boolean;
}

const keyOf = (table: AnyTable, row: HistoryRow["row"]): string =>
  JSON.stringify(table.key === "none" ? [] : table.key.map((name) => row[name]));

/** Rows of one key in order, without snapshot rows that already contained a later change. */
function kept(items: readonly HistoryRow[], table: AnyTable, key: string): readonly HistoryRow[] {
  const own = items
    .filter((item) => item.table === table && keyOf(table, item.row) === key)
    .sort((a, b) => (a.version < b.version ? -1 : 1));
  return own.filter(
    (item, i) =>
      item.op !== "r" ||
      !own
        .slice(i + 1)
        .some((later) => (later.op === "c" || later.op === "u") && later.commitAt <= (item.capturedAt ?? "")),
  );
}

/** Versions of every member, by natural key. */
export function versionsOf(
  dimension: AnyDimension,
  items: readonly HistoryRow[],
): ReadonlyMap<string, readonly Version[]> {
  const { root } = dimension;
  const keys = new Set(items.filter((item) => item.table === root).map((item) => keyOf(root, item.row)));
  const members = [...keys].map((key) => [key, memberVersions(dimension, items, key)] as const);
  return new Map(members.filter(([, versions]) => versions.length > 0));
}

interface State {
  readonly values: Readonly<Record<string, unknown>>;
  readonly at: string | null;
}

function memberVersions(dimension: AnyDimension, items: readonly HistoryRow[], key: string): readonly Version[] {
  const { root, joins, attributes, untracked } = dimension;
  const own = kept(items, root, key);
  const versions = [...new Set(items.map((item) => item.version))].sort();
  const states: State[] = [];
  for (const version of versions) {
    const current = own.findLast((item) => item.version <= version);
    if (current === undefined || current.op === "d") continue;
    const rows: Record<string, HistoryRow["row"] | undefined> = { "": current.row };
    let at = current.version === version ? timeOf(current, own) : undefined;
    const valueOf = (reference: string): unknown => {
      const [alias, name] = reference.includes(".") ? reference.split(".") : ["", reference];
      return rows[alias ?? ""]?.[name ?? ""] ?? null;
    };
    for (const [alias, join] of Object.entries(joins)) {
      const wanted = JSON.stringify((join.table.key as readonly string[]).map((name) => valueOf(join.on[name] ?? "")));
      const joined = kept(items, join.table, wanted).filter((item) => item.op !== "d");
      const row = joined.findLast((item) => item.version <= version) ?? joined[0];
      rows[alias] = row?.row;
      if (at === undefined && row?.version === version) at = row.commitAt;
    }
    // Nothing of this member happened at this version.
    if (at === undefined) continue;
    states.push({
      values: Object.fromEntries(Object.entries(attributes).map(([name, { from }]) => [name, valueOf(from)])),
      at,
    });
  }
  const newest = states.at(-1);
  const tracked = ({ values }: State): string =>
    JSON.stringify(Object.entries(values).filter(([name]) => !untracked.includes(name)));
  const changed = states.filter((state, i) => i === 0 || tracked(state) !== tracked(states[i - 1] ?? state));
  let latest: string | null = null;
  const timed = changed.map((state) => {
    latest = later(latest, state.at);
    return { ...state, at: latest };
  });
  const lastOfTime = timed.filter((state, i) => state.at !== timed[i + 1]?.at || i === timed.length - 1);
  const opened = lastOfTime.filter((state, i) => i === 0 || tracked(state) !== tracked(lastOfTime[i - 1] ?? state));
  return opened.map((state, i) => ({
    attributes: {
      ...state.values,
      ...Object.fromEntries(untracked.map((name) => [name, newest?.values[name] ?? null])),
    },
    from: i === 0 ? null : state.at,
    to: opened[i + 1]?.at ?? null,
    deleted: i === opened.length - 1 && own.at(-1)?.op === "d",
  }));
}

/** A key's first row, when a snapshot read it, was there before. */
const timeOf = (item: HistoryRow, own: readonly HistoryRow[]): string | null =>
  item.op === "r" && own[0] === item ? null : item.commitAt;

const later = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || b < a ? a : b);
