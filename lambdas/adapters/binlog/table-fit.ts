import type { PlainType } from "../../../schemas/model/column.ts";
import { fitOf } from "../../../schemas/types/fit.ts";
import { sourceType } from "../../../schemas/types/source-type.ts";
import { BINARY_COLLATION } from "../mysql/values/charsets.ts";
import type { RowRoute } from "../mysql/route.ts";
import { TYPE } from "./column-types.ts";
import type { BinlogColumn, TableMap } from "./table-map.ts";

/**
 * Why rows of a table as the log describes it cannot be rows of its definition, as a part of a sentence: another key,
 * or a type whose values would be bent. Columns that it lacks, has besides, or has wider are no hindrance.
 * @returns null when they can
 */
export function hindranceOf(table: TableMap, route: RowRoute): string | null {
  return keyHindrance(table, route) ?? typeHindrance(table, route);
}

function keyHindrance(table: TableMap, { key }: RowRoute): string | null {
  if (key.length === 0) return null;
  const wanted = `the definition's is (${key.join(", ")})`;
  const found = table.primaryKey.map((column) => table.columns[column]?.name ?? "");
  if (found.length === 0) return `it has no primary key, ${wanted}`;
  // The order of the columns does not matter to which rows are the same.
  if (found.length === key.length && key.every((name) => found.includes(name))) return null;
  return `its primary key is (${found.join(", ")}), ${wanted}`;
}

function typeHindrance(table: TableMap, { types }: RowRoute): string | null {
  for (const column of table.columns) {
    const defined = types.get(column.name);
    if (defined === undefined) continue;
    const actual = typeOf(column);
    if (actual === null) return `column ${column.name} is of a type that cannot be captured`;
    if (fitOf(defined, actual) === "unfit") {
      return `column ${column.name} is ${actual.kind.toUpperCase()} now, which the definition's ${sourceType(defined)} cannot hold`;
    }
  }
  return null;
}

const BITS: ReadonlyMap<number, 8 | 16 | 24 | 32 | 64> = new Map([
  [TYPE.tiny, 8],
  [TYPE.short, 16],
  [TYPE.int24, 24],
  [TYPE.long, 32],
  [TYPE.longlong, 64],
]);

/** The pivot type as far as the log tells; lengths are in bytes, labels are left out. null: cannot be captured. */
function typeOf({ type, meta, unsigned, collation }: BinlogColumn): PlainType | null {
  const bits = BITS.get(type);
  if (bits !== undefined) return { kind: "int", bits, unsigned };
  switch (type) {
    case TYPE.newdecimal:
      return { kind: "decimal", precision: meta >> 8, scale: meta & 0xff };
    case TYPE.float:
      return { kind: "float", bits: 32 };
    case TYPE.double:
      return { kind: "float", bits: 64 };
    case TYPE.date:
    case TYPE.newdate:
      return { kind: "date" };
    case TYPE.year:
      return { kind: "year" };
    case TYPE.datetime:
    case TYPE.datetime2:
      return { kind: "datetime", fsp: meta };
    case TYPE.timestamp:
    case TYPE.timestamp2:
      return { kind: "timestamp", fsp: meta };
    case TYPE.time:
    case TYPE.time2:
      return { kind: "time", fsp: meta };
    case TYPE.enum:
    case TYPE.set:
      return { kind: type === TYPE.enum ? "enum" : "set", labels: [] };
    case TYPE.bit:
      return { kind: "bit", length: meta };
    case TYPE.json:
      return { kind: "json" };
    case TYPE.varchar:
    case TYPE.varString:
    case TYPE.string:
    case TYPE.blob:
    case TYPE.tinyBlob:
    case TYPE.mediumBlob:
    case TYPE.longBlob:
      return collation === BINARY_COLLATION
        ? { kind: "bytes", length: meta, fixed: type === TYPE.string }
        : { kind: "string", length: meta };
    default:
      return null;
  }
}
