import type { ColumnType, PlainType } from "../model/column.ts";
import { holds } from "./from-mysql.ts";

/**
 * What becomes of the values of a column whose type at the source is another than its definition says.
 * exact: each arrives; wide: each arrives or, too long or too large, is treated by the table's policy (docs/TYPES.md),
 * none is bent; unfit: their records mean something else, or would be rounded in silence.
 */
export type Fit = "exact" | "wide" | "unfit";

const TEXTS: ReadonlySet<PlainType["kind"]> = new Set(["string", "enum", "set"]);

/** @param actual the column at the source, or as the log describes it */
export function fitOf(defined: ColumnType, actual: PlainType): Fit {
  if (defined.kind === "pseudonym") return fitOf(defined.of, actual);
  if (holds(defined, actual)) return "exact";
  return isTreated(defined, actual) ? "wide" : "unfit";
}

function isTreated(defined: PlainType, actual: PlainType): boolean {
  switch (defined.kind) {
    case "int":
    case "decimal":
    case "bytes":
    case "datetime":
    case "timestamp":
    case "time":
      return actual.kind === defined.kind;
    case "float":
      // REAL would round a DOUBLE in silence.
      return actual.kind === "float" && actual.bits <= defined.bits;
    case "bit":
      // BIT(1) is a boolean.
      return actual.kind === "bit" && defined.length > 1;
    case "string":
    case "enum":
    case "set":
      // JSON travels as its text.
      return TEXTS.has(actual.kind) || actual.kind === "json";
    case "date":
    case "year":
    case "json":
      return false;
  }
}
