/** One figure on both sides. Amounts are decimal text, counts are numbers. */
export interface Comparison {
  readonly name: string;
  readonly source: string | number | null;
  readonly warehouse: string | number | null;
  readonly equal: boolean;
}

/** @returns the comparison of two values that mean the same. */
export function comparison(name: string, source: Comparison["source"], warehouse: Comparison["source"]): Comparison {
  return { name, source, warehouse, equal: source !== null && source === warehouse };
}

/** Sums by name, from both sides; a name that only one side has is unequal to nothing. */
export function compareSums(
  prefix: string,
  source: ReadonlyMap<string, string>,
  warehouse: ReadonlyMap<string, string>,
): Comparison[] {
  const names = [...new Set([...source.keys(), ...warehouse.keys()])].sort();
  return names.map((name) => comparison(`${prefix}.${name}`, source.get(name) ?? null, warehouse.get(name) ?? null));
}
