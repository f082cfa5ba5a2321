import type { ChangeRecord } from "../../../lambdas/core/record.ts";
import { recordVersion } from "../../../lambdas/core/record.ts";
import { historyName, mirrorName, qualifiedName, topicName } from "../../../schemas/naming.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import type { World } from "../world/world.ts";
import type { Findings } from "./findings.ts";
import { Tally } from "./findings.ts";

const EPOCH = 1;

/** Every version that is in a topic is in history, and none is there twice. */
export async function compareHistory(world: World, table: AnyTable): Promise<Findings> {
  const tally = new Tally();
  const name = qualifiedName(table);
  const found = new Map<string, number>();
  for (const row of await world.ask(`SELECT ${identity(table)} AS id FROM ${historyName(table)}`)) {
    const id = row["id"] ?? "";
    found.set(id, (found.get(id) ?? 0) + 1);
  }
  for (const [id, times] of found) {
    if (times > 1) tally.count("doubled", `${name} history has ${id} ${times} times`, times - 1);
  }
  const expected = versionsOf(world, table);
  tally.rows = expected.size;
  for (const id of expected) if (!found.has(id)) tally.count("lost", `${name} history lacks ${id}`);
  return tally;
}

/**
 * Key and version as text. Rows that a snapshot has read of a table without a key share their version and are known by
 * their place in the topic.
 */
function identity(table: AnyTable): string {
  if (table.key === "none") {
    return "CASE WHEN _op = 'r' THEN _partition || ':' || _offset ELSE _version || '|' || _op END";
  }
  const parts = keyOf(table).map((column) => `"${column}"::text`);
  return [...parts, "_version", "_op"].join(" || '|' || ");
}

const keyOf = (table: AnyTable): readonly string[] => (table.key === "none" ? [] : table.key);

function versionsOf({ topics }: World, table: AnyTable): Set<string> {
  const names = keyOf(table).map((column) => table.columns[column]?.source ?? column);
  const versions = new Set<string>();
  for (let partition = 0; partition < topics.partitions(topicName(table)); partition++) {
    for (const { offset, value } of topics.of(topicName(table), partition)) {
      if (value === null) continue;
      const record = JSON.parse(value.toString("utf8")) as ChangeRecord;
      if (record.op === "t") continue;
      if (table.key === "none" && record.op === "r") {
        versions.add(`${partition}:${offset}`);
        continue;
      }
      const row = record.op === "d" ? record.before : record.after;
      const key = names.map((column) => String(row?.[column]));
      versions.add([...key, recordVersion(record.op, record.source, EPOCH), record.op].join("|"));
    }
  }
  return versions;
}

/** Newest version of every key of every mirror. */
export type Versions = ReadonlyMap<string, string>;

export async function readVersions(world: World): Promise<Versions> {
  const selects = world.tables
    .filter(({ key }) => key !== "none")
    .map((table) => {
      const key = keyOf(table).map((column) => `"${column}"::text`);
      return `SELECT '${qualifiedName(table)} ' || ${key.join(" || '|' || ")} AS id, _version AS version FROM ${mirrorName(table)}`;
    });
  const rows = await world.ask(selects.join(" UNION ALL "));
  return new Map(rows.map(({ id, version }) => [id ?? "", version ?? ""]));
}

/** No key is gone, and none has an older version than before. */
export function compareVersions(before: Versions, now: Versions): Findings {
  const tally = new Tally();
  tally.rows = now.size;
  for (const [key, version] of before) {
    const newer = now.get(key);
    if (newer === undefined) tally.count("lost", `${key} was in the mirror and is not any more`);
    else if (newer < version) tally.count("bent", `${key} went back from ${version} to ${newer}`);
  }
  return tally;
}
