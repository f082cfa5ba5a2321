/** MySQL and MariaDB binlog: connection, events, row values, as change capture's port (lambdas/core/capture-ports.ts). */
export { binlogOf } from "./open-binlog.ts";
export type { OpenBinlogSettings } from "./open-binlog.ts";
export { BinlogCorruptError, BinlogUnsupportedError } from "./errors.ts";
