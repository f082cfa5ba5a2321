import { parseLandingKey } from "../../schemas/naming.ts";

/** Objects that one transaction takes. */
const MOST_OBJECTS = 200;
/** Compressed bytes that one transaction takes; one object is always taken. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Landed objects in groups that load-warehouse takes: of one definition, not too many, in the order of their offsets. */
export function byDefinition(
  keys: readonly string[],
  sizeOf: (key: string) => number = () => 0,
): readonly (readonly string[])[] {
  const known = [...new Set(keys)].flatMap((key) => {
    const place = parseLandingKey(key);
    return place === null ? [] : [{ key, place }];
  });
  known.sort(
    (a, b) =>
      a.place.definition.localeCompare(b.place.definition) ||
      a.place.first - b.place.first ||
      a.place.partition - b.place.partition,
  );
  const groups: string[][] = [];
  let [definition, bytes] = ["", 0];
  for (const { key, place } of known) {
    const group = groups.at(-1);
    const size = sizeOf(key);
    if (
      group === undefined ||
      place.definition !== definition ||
      group.length >= MOST_OBJECTS ||
      bytes + size > MOST_BYTES
    ) {
      groups.push([key]);
      [definition, bytes] = [place.definition, size];
      continue;
    }
    group.push(key);
    bytes += size;
  }
  return groups;
}
