import type { RowChange } from "./capture-ports.ts";
import type { Floor } from "./record.ts";

/** What all records of one event share. */
export interface RecordOrigin {
  readonly connector: "mysql" | "mariadb";
  readonly name: string;
  readonly epoch: number;
  readonly db: string;
  readonly table: string;
  readonly serverId: number;
  readonly gtid: string | null;
  readonly file: string;
  readonly pos: number;
  /** Milliseconds: the commit, or for a snapshot the anchor. */
  readonly committedAt: number;
  readonly snapshot: boolean;
  /** See RecordSource. @default - left out */
  readonly pass?: number;
}

/** A record ready to be sent. */
export interface RecordText {
  readonly key: string | null;
  readonly value: string;
}

/**
 * Builds record values (lambdas/core/record.ts) around finished row texts. The text that is the same for all rows of an
 * event is made once: this is the hot path of both captures.
 * @param now milliseconds, the record's `ts_ms`
 */
export function recordWriter(
  origin: RecordOrigin,
  now: number,
): {
  change(op: "c" | "u" | "d" | "r", row: number, before: string | null, after: string | null): string;
  floor(floor: Floor): string;
} {
  const o = origin;
  const head =
    `"source":{"version":"1","connector":"${o.connector}","name":${JSON.stringify(o.name)},"ts_ms":${o.committedAt},` +
    `"snapshot":"${String(o.snapshot)}","db":${JSON.stringify(o.db)},"table":${JSON.stringify(o.table)},"server_id":${o.serverId},` +
    `"gtid":${JSON.stringify(o.gtid)},"file":${JSON.stringify(o.file)},"pos":${o.pos},"epoch":${o.epoch},` +
    `${(o.pass ?? 0) === 0 ? "" : `"pass":${o.pass},`}"row":`;
  return {
    change: (op, row, before, after) =>
      `{"before":${before ?? "null"},"after":${after ?? "null"},"op":"${op}","ts_ms":${now},${head}${row}}}`,
    floor: (floor) =>
      `{"before":null,"after":null,"op":"t","ts_ms":${now},"floor":${JSON.stringify(floor)},${head}${o.pass ?? 0}}}`,
  };
}

/**
 * The records of one changed row. A change of key is a delete of the old key and a create of the new one at the same
 * place, as Debezium writes it: a topic's consumers see each key's own history.
 * @returns false when `send` asked to wait
 */
export function changeRecords(
  writer: ReturnType<typeof recordWriter>,
  op: "c" | "u" | "d",
  row: number,
  change: RowChange,
  send: (key: string | null, value: string) => boolean,
): boolean {
  if (op === "u" && change.keyBefore !== null) {
    const first = send(change.keyBefore, writer.change("d", row, change.before, null));
    return send(change.key, writer.change("c", row, null, change.after)) && first;
  }
  return send(change.key, writer.change(op, row, change.before, change.after));
}
