import type { Column, TooLong } from "../../../schemas/model/column.ts";
import { warehouseType } from "../../../schemas/types/warehouse.ts";
import { bytesCell } from "./binary.ts";
import { jsonCell } from "./json.ts";
import { bitCell, decimalCell, floatCell, integerCell, yearCell } from "./numbers.ts";
import { dateCell, datetimeCell, timeCell, timestampCell } from "./temporal.ts";
import { textCell } from "./text.ts";
import { pseudonymCell } from "./pseudonym.ts";
import { unfit } from "./value.ts";
import type { CellContext, CellEncoder } from "./value.ts";

export interface CellSettings {
  readonly name: string;
  readonly column: Column;
  readonly isKey: boolean;
  readonly nullMarker: string;
  readonly tooLong: TooLong;
}

/** The encoder of one column: record text -> CSV field, NULL included. */
export function cellEncoder(settings: CellSettings): CellEncoder {
  const { nullMarker, isKey } = settings;
  const context: CellContext = { name: settings.name, nullMarker, tooLong: settings.tooLong };
  const encode = encoderOf(settings, context);
  if (isKey) {
    return (value, notes) =>
      value === null || value === undefined ? unfit(context, null, "key columns are never NULL") : encode(value, notes);
  }
  return (value, notes) => (value === null || value === undefined ? nullMarker : encode(value, notes));
}

function encoderOf({ column: { type }, isKey }: CellSettings, context: CellContext): CellEncoder {
  switch (type.kind) {
    case "int":
      return integerCell(type, context);
    case "decimal":
      return decimalCell(type, context);
    case "float":
      return floatCell(context);
    case "date":
      return dateCell(context);
    case "datetime":
      return datetimeCell(context);
    case "timestamp":
      return timestampCell(context);
    case "time":
      return timeCell(context);
    case "year":
      return yearCell(context);
    case "bit":
      return bitCell(type, context);
    case "json":
      return jsonCell(context);
    case "pseudonym":
      return pseudonymCell(context);
    case "string":
    case "enum":
    case "set":
    case "bytes": {
      const held = warehouseType(type);
      const bytes = "bytes" in held ? held.bytes : 0;
      return type.kind === "bytes" ? bytesCell(bytes, context) : textCell(bytes, !isKey, context);
    }
  }
}
