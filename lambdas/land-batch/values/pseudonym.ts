import { ClearTextError } from "../personal-data.ts";
import { isPseudonym } from "../../core/personal-data.ts";
import type { CellContext, CellEncoder } from "./value.ts";

/** A keyed hash as capture writes it. Anything else may be the value itself, which must not land, nor stand in an error. */
export function pseudonymCell(context: CellContext): CellEncoder {
  return (value) => {
    if (isPseudonym(value)) return value;
    throw new ClearTextError(context.name);
  };
}
