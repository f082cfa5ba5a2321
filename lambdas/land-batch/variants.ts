import type { FileDefinition } from "../../schemas/hash.ts";
import { nullMarker } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { MAX_VARCHAR } from "../../schemas/types/warehouse.ts";
import type { VariantNeeded } from "./values/value.ts";

/** Markers tried: more would mean that somebody stores them all on purpose. */
const MARKERS = 100;

/**
 * The definition that can hold what `file` cannot: another text for NULL, or a text column at its full width, which the
 * loader makes in the warehouse before it loads the file. Files of other variants have their own hash, so no file is
 * ever read with the wrong definition.
 */
export function variantFor(file: FileDefinition, { need }: VariantNeeded): FileDefinition {
  if (need.kind === "width") return { ...file, table: widened(file.table, need.column) };
  const markers = Array.from({ length: MARKERS }, (_, i) => nullMarker(i));
  const next = markers[markers.indexOf(file.nullMarker) + 1];
  if (next === undefined)
    throw new RangeError(`a file of ${file.table.name} holds all ${MARKERS} texts that stand for NULL`);
  return { ...file, nullMarker: next };
}

function widened(table: AnyTable, name: string): AnyTable {
  const column = table.columns[name];
  if (column === undefined) return table;
  const wide = { ...column, type: { kind: "string", length: Math.ceil(MAX_VARCHAR / 4) } } as const;
  return { ...table, columns: { ...table.columns, [name]: wide } };
}
