import type { ColumnType } from "../model/column.ts";

/** The type as MySQL's DDL says it. */
export function sourceType(type: ColumnType): string {
  switch (type.kind) {
    case "int": {
      const name = { 8: "TINYINT", 16: "SMALLINT", 24: "MEDIUMINT", 32: "INT", 64: "BIGINT" }[type.bits];
      return type.unsigned ? `${name} UNSIGNED` : name;
    }
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "float":
      return type.bits === 32 ? "FLOAT" : "DOUBLE";
    case "date":
    case "year":
    case "json":
      return type.kind.toUpperCase();
    case "datetime":
    case "timestamp":
    case "time":
      return type.fsp === 0 ? type.kind.toUpperCase() : `${type.kind.toUpperCase()}(${type.fsp})`;
    case "string":
      return type.length > 16_383 ? `TEXT (${type.length})` : `VARCHAR(${type.length})`;
    case "enum":
    case "set":
      return `${type.kind.toUpperCase()}(${type.labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(", ")})`;
    case "bit":
      return `BIT(${type.length})`;
    case "bytes":
      return type.fixed ? `BINARY(${type.length})` : `VARBINARY(${type.length})`;
    case "pseudonym":
      return sourceType(type.of);
  }
}
