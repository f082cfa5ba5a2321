import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { resolve } from "../../schemas/sql/star-references.ts";
import { star } from "../../schemas/warehouse/star.ts";
import type { Star } from "../../schemas/warehouse/star.ts";

/** Columns that hold the table's key, `<area>_<table>.<column>`, as far as the star's joins and members say so. */
export function referencesTo(table: AnyTable, of: Star = star): readonly string[] {
  if (table.key === "none" || table.key.length !== 1) return [];
  const found = new Set<string>();
  for (const { root, joins } of [...of.dimensions, ...of.facts]) {
    const note = (on: Readonly<Record<string, string>>): void => {
      for (const reference of Object.values(on)) {
        const { alias, name } = resolve(root, joins, reference);
        const from = alias === null ? root : joins[alias]?.table;
        if (from !== undefined && from !== table) found.add(`${qualifiedName(from)}.${name}`);
      }
    };
    for (const join of Object.values(joins)) if (join.table === table) note(join.on);
  }
  for (const { root, joins, members } of of.facts) {
    for (const { dimension, on } of Object.values(members)) {
      if (dimension.kind !== "versioned" || dimension.root !== table) continue;
      for (const reference of Object.values(on)) {
        // A key taken from another member is in that member's table, which has its own entry.
        if ((reference.split(".")[0] ?? "") in members) continue;
        const { alias, name } = resolve(root, joins, reference);
        const from = alias === null ? root : joins[alias]?.table;
        if (from !== undefined && from !== table) found.add(`${qualifiedName(from)}.${name}`);
      }
    }
  }
  return [...found].sort();
}
