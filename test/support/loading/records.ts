import type { MSKEvent, MSKRecord } from "aws-lambda";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { topicName } from "../../../schemas/naming.ts";
import type { Operation, Row } from "../../../lambdas/core/record.ts";
import { recordWriter } from "../../../lambdas/core/record-text.ts";

/** A change as a test writes it; `at` is the place in the binlog, its version. */
export interface Change {
  readonly op: Exclude<Operation, "t">;
  readonly at: number;
  readonly row: Row;
  /** Index of the row in its event. @default 0 */
  readonly index?: number;
}

export interface FloorChange {
  readonly op: "t";
  readonly at: number;
  readonly kind: "truncate" | "resync";
  readonly id: string;
}

const EPOCH = 1;
/** 2024-01-01T00:00:00Z; each place of the log is a second later. */
const START = 1_704_067_200_000;

/** A record's value as our capture writes it. */
export function recordText(table: AnyTable, change: Change | FloorChange): string {
  const origin = {
    connector: "mysql",
    name: "test",
    epoch: EPOCH,
    db: table.area.database,
    table: table.source,
    serverId: 1,
    gtid: null,
    file: "binlog.000001",
    pos: change.at,
    committedAt: START + change.at * 1000,
    snapshot: change.op === "r",
  } as const;
  const writer = recordWriter(origin, START + change.at * 1000 + 500);
  if (change.op === "t") return writer.floor({ kind: change.kind, id: change.id });
  const row = JSON.stringify(change.row);
  return change.op === "d"
    ? writer.change("d", change.index ?? 0, row, null)
    : writer.change(change.op, change.index ?? 0, null, row);
}

/** One record of an MSK event. */
export function mskRecord(topic: string, partition: number, offset: number, value: string | null): MSKRecord {
  return {
    topic,
    partition,
    offset,
    timestamp: START,
    timestampType: "CREATE_TIME",
    key: Buffer.from("{}").toString("base64"),
    value: value === null ? (undefined as unknown as string) : Buffer.from(value, "utf8").toString("base64"),
    headers: [],
  };
}

/** An MSK event with values of one partition, from an offset on; null is a tombstone. */
export function mskEvent(
  table: AnyTable,
  values: readonly (string | null)[],
  place: { readonly partition?: number; readonly offset?: number } = {},
): MSKEvent {
  const { partition = 0, offset = 0 } = place;
  const topic = topicName(table);
  const records = values.map((value, i) => mskRecord(topic, partition, offset + i, value));
  return {
    eventSource: "aws:kafka",
    eventSourceArn: "arn:aws:kafka:us-east-1:000000000000:cluster/test",
    bootstrapServers: "",
    records: { [`${topic}-${partition}`]: records },
  } as unknown as MSKEvent;
}
