import { qualifiedName, topicName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { OffsetGapError } from "../core/errors.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, ObjectStore, Telemetry } from "../core/ports.ts";
import { wishResync } from "../core/table-facts.ts";
import type { OffsetGap } from "./load-batch.ts";

export interface GapPorts {
  readonly landing: Pick<ObjectStore, "putIfAbsent">;
  readonly telemetry: Telemetry;
  readonly now: Now;
}

/** Says which holes stop their partition, and wishes for the resync that stands for what they held. */
export async function reportGaps(table: AnyTable, gaps: readonly OffsetGap[], ports: GapPorts): Promise<void> {
  if (gaps.length === 0) return;
  const name = qualifiedName(table);
  ports.telemetry.metric(METRICS.offsetGaps, gaps.length, "Count", { Table: topicName(table) });
  const since = new Date(ports.now()).toISOString();
  for (const { partition, from, to } of gaps) {
    const detail = `${name}, partition ${partition}: offsets ${from} to ${to} never landed`;
    const id = `gap-${partition}-${from}`;
    await wishResync(ports.landing, { id, table: name, reason: "gap", detail, since, position: null });
    const error = new OffsetGapError(`${detail}; the partition stops there until a resync of the table`);
    ports.telemetry.error(error.message, { name: error.name, table: name, partition, from, to });
  }
}
