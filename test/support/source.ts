import type { ServerFacts, SourceColumn, SourceTable } from "../../lambdas/core/capture-ports.ts";
import type { Column } from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";

/** A server that is ready for capture. */
export const facts: ServerFacts = {
  flavour: "mariadb",
  version: "11.4.5-MariaDB-log",
  variables: { log_bin: "ON", binlog_format: "ROW", binlog_row_image: "FULL", binlog_row_metadata: "FULL" },
  grants: ["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost`"],
  replication: null,
  user: "root@localhost",
};

/** The table at the source exactly as its definition says; for types that Classic Models uses. */
export function asSource(table: AnyTable): SourceTable {
  const key = table.key === "none" ? [] : table.key;
  return {
    db: table.area.database,
    name: table.source,
    columns: Object.values(table.columns).map(asColumn),
    primaryKey: key.map((name) => table.columns[name]?.source ?? name),
    silentForeignKeys: [],
  };
}

function asColumn({ source, type, nullable }: Column): SourceColumn {
  const base = { name: source, nullable, charset: null, length: null, precision: null, scale: null, fsp: null };
  switch (type.kind) {
    case "int": {
      const name = { 8: "tinyint", 16: "smallint", 24: "mediumint", 32: "int", 64: "bigint" }[type.bits];
      return { ...base, dataType: name, columnType: `${name}(11)${type.unsigned ? " unsigned" : ""}` };
    }
    case "decimal": {
      const { precision, scale } = type;
      return { ...base, precision, scale, dataType: "decimal", columnType: `decimal(${precision},${scale})` };
    }
    case "string":
      return { ...base, length: type.length, dataType: "varchar", columnType: `varchar(${type.length})` };
    case "bytes":
      return { ...base, length: type.length, dataType: "varbinary", columnType: `varbinary(${type.length})` };
    case "date":
      return { ...base, dataType: "date", columnType: "date" };
    default:
      throw new Error(`add ${type.kind} to asColumn`);
  }
}
