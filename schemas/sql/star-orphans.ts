import type { AnyDimension } from "../model/dimension.ts";
import type { AnyTable } from "../model/table.ts";
import { historyName } from "../naming.ts";
import { star } from "../warehouse/star.ts";
import type { Star } from "../warehouse/star.ts";
import { identifier, literal, qualified } from "./quote.ts";
import { exactText } from "./star-exact.ts";
import { BUILT_TABLE, dimensionName, STAR_TABLE, surrogate, UNKNOWN_KEY } from "./star-names.ts";
import { attributeColumn } from "./star-references.ts";

/**
 * Takes combinations of values that no row of the past has any more out of the dimensions made of them: builds only
 * ever add to those. For erasure, after the facts were looked up again. Empty when no such dimension reads the table.
 */
export function removeOrphans(table: AnyTable, of: Star = star): readonly string[] {
  const affected = of.dimensions.filter(({ kind, root }) => kind === "values" && root === table);
  return affected.length === 0 ? [] : [`LOCK TABLE ${STAR_TABLE}`, ...affected.map(orphansOf)];
}

function orphansOf(dimension: AnyDimension): string {
  const name = qualified(dimensionName(dimension));
  const key = identifier(surrogate(dimension));
  const equal = dimension.natural.map((attribute) => {
    const { type } = attributeColumn(dimension, attribute);
    const column = identifier(attribute);
    return `${exactText(`h.${column}`, type)} = ${exactText(`o.${column}`, type)}`;
  });
  return `DELETE FROM ${name}
USING (
  SELECT o.${key} AS orphan
  FROM ${name} o
  LEFT JOIN ${qualified(historyName(dimension.root))} h ON h._op <> 'd' AND ${equal.join(" AND ")}
  WHERE o.${key} <> ${UNKNOWN_KEY} AND h._version IS NULL
) gone
WHERE ${name}.${key} = gone.orphan`;
}

/** `built`: whether the load is visible in the star. */
export function isBuilt(batch: string): string {
  return `SELECT COUNT(*) AS built FROM ${BUILT_TABLE} WHERE batch = ${literal(batch)}`;
}
