/** MySQL and MariaDB as a source: connection, facts, anchor and snapshot reads, as the captures' port. */
export { connectSource } from "./source.ts";
export type { SourceSettings } from "./source.ts";
export { openSourceLoad } from "./source-load.ts";
export type { LoadLimits, ReplicaAddress } from "./source-load.ts";
export { openCatalogue, unreadable } from "./catalogue.ts";
export type { Catalogue, CatalogueColumn, CatalogueTable, DatabaseCatalogue, OtherObject } from "./catalogue.ts";
export { parseMysqlUrl } from "./target.ts";
export type { MysqlTarget } from "./target.ts";
export {
  CorruptBytesError,
  MysqlAccessError,
  MysqlConnectionError,
  MysqlProtocolError,
  MysqlServerError,
  UnsupportedColumnError,
} from "./errors.ts";
