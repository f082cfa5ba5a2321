/** Event type codes (MySQL: libbinlogevents; MariaDB: "Replication Protocol" of its knowledge base). */
export const EVENT = {
  query: 2,
  stop: 3,
  rotate: 4,
  intvar: 5,
  rand: 13,
  userVar: 14,
  formatDescription: 15,
  xid: 16,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  incident: 26,
  heartbeat: 27,
  ignorable: 28,
  rowsQuery: 29,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  transactionContext: 36,
  viewChange: 37,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
  taggedGtid: 42,
  mariadbAnnotateRows: 160,
  mariadbBinlogCheckpoint: 161,
  mariadbGtid: 162,
  mariadbGtidList: 163,
  mariadbStartEncryption: 164,
  mariadbQueryCompressed: 165,
  mariadbWriteRowsCompressedV1: 166,
  mariadbUpdateRowsCompressedV1: 167,
  mariadbDeleteRowsCompressedV1: 168,
  mariadbWriteRowsCompressed: 169,
  mariadbUpdateRowsCompressed: 170,
  mariadbDeleteRowsCompressed: 171,
} as const;

/** Carries nothing that change capture needs. */
export const HARMLESS: ReadonlySet<number> = new Set([
  EVENT.stop,
  EVENT.intvar,
  EVENT.rand,
  EVENT.userVar,
  EVENT.ignorable,
  EVENT.rowsQuery,
  EVENT.previousGtids,
  EVENT.transactionContext,
  EVENT.viewChange,
  EVENT.mariadbAnnotateRows,
  EVENT.mariadbBinlogCheckpoint,
  EVENT.mariadbGtidList,
  EVENT.mariadbStartEncryption,
]);

/** Header flags. */
export const FLAG = {
  /** Made for the connection, not in the file: takes no place in positions. */
  artificial: 0x20,
  /** A reader that does not know the type may skip it. */
  ignorable: 0x80,
} as const;

export type RowsOperation = "insert" | "update" | "delete";

export interface RowsKind {
  readonly op: RowsOperation;
  /** Version 2 events have extra data before the column count. */
  readonly version: 1 | 2;
  readonly compressed: boolean;
}

const kind = (op: RowsOperation, version: 1 | 2, compressed = false): RowsKind => ({ op, version, compressed });

export const ROWS_EVENTS: ReadonlyMap<number, RowsKind> = new Map([
  [EVENT.writeRowsV1, kind("insert", 1)],
  [EVENT.updateRowsV1, kind("update", 1)],
  [EVENT.deleteRowsV1, kind("delete", 1)],
  [EVENT.writeRows, kind("insert", 2)],
  [EVENT.updateRows, kind("update", 2)],
  [EVENT.deleteRows, kind("delete", 2)],
  [EVENT.mariadbWriteRowsCompressedV1, kind("insert", 1, true)],
  [EVENT.mariadbUpdateRowsCompressedV1, kind("update", 1, true)],
  [EVENT.mariadbDeleteRowsCompressedV1, kind("delete", 1, true)],
  [EVENT.mariadbWriteRowsCompressed, kind("insert", 2, true)],
  [EVENT.mariadbUpdateRowsCompressed, kind("update", 2, true)],
  [EVENT.mariadbDeleteRowsCompressed, kind("delete", 2, true)],
]);
