import type { AnyTable } from "../../schemas/model/table.ts";
import { landingGroup, qualifiedName, topicName } from "../../schemas/naming.ts";
import { pendingKeys } from "../../schemas/sql/status.ts";
import type { CommittedOffsets, EndOffsets } from "../core/capture-ports.ts";
import type { StatusMark } from "../core/events.ts";
import { readLoadedPositions } from "../core/loaded-positions.ts";
import type { Warehouse } from "../core/ports.ts";

/** Where each stage is with one table, per partition: offsets of the next record each would take. */
export interface TablePositions {
  readonly table: string;
  readonly ends: readonly number[];
  readonly landed: readonly number[];
  readonly loaded: readonly number[];
  /** Keys that a load changed and no star build has taken; 0 for tables that no star reads. */
  readonly pendingKeys: number;
}

export interface PositionPorts {
  readonly endOffsets: EndOffsets;
  readonly committedOffsets: CommittedOffsets;
  readonly warehouse: Pick<Warehouse, "query">;
}

/**
 * End offsets are read first: whatever is committed at the source before the call is below them, so stages found past
 * them have it.
 * @param starTables qualified names of the tables that the star is built from
 * @param until end offsets by topic; keys of loads beyond them are not counted. @default - all are
 */
export async function readPositions(
  tables: readonly AnyTable[],
  cluster: string,
  starTables: ReadonlySet<string>,
  ports: PositionPorts,
  until?: StatusMark["ends"],
): Promise<readonly TablePositions[]> {
  const topics = tables.map(topicName);
  const ends = await ports.endOffsets(topics);
  const committed = await ports.committedOffsets(
    tables.map((table) => ({ group: landingGroup(cluster, table), topic: topicName(table) })),
  );
  const loaded = await readLoadedPositions(tables, ports.warehouse);
  const pending = await readPending(
    tables.filter((table) => table.key !== "none" && starTables.has(qualifiedName(table))),
    ports.warehouse,
    until,
  );
  return tables.map((table) => {
    const name = qualifiedName(table);
    const topicEnds = ends.get(topicName(table)) ?? [];
    const positions = loaded.get(name) ?? new Map<number, number>();
    const offsets = committed.get(topicName(table)) ?? [];
    return {
      table: name,
      ends: topicEnds,
      landed: topicEnds.map((_, partition) => offsets[partition] ?? 0),
      loaded: topicEnds.map((_, partition) => positions.get(partition) ?? 0),
      pendingKeys: pending.get(name) ?? 0,
    };
  });
}

async function readPending(
  tables: readonly AnyTable[],
  warehouse: PositionPorts["warehouse"],
  until: StatusMark["ends"],
): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const rows = await warehouse.query(pendingKeys(tables, (table) => until?.[topicName(table)] ?? null));
  return new Map(rows.map((row) => [String(row["table_name"]), Number(row["touched"])]));
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Records that a stage at `positions` still has to take to be past `ends`. */
export function behind(ends: readonly number[], positions: readonly number[]): number {
  return sum(ends.map((end, partition) => Math.max(0, end - (positions[partition] ?? 0))));
}
