/** Names of the warehouse and of TypeScript, made from whatever the source calls things. */

/** Letters that Unicode does not take apart into a base letter and marks. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
  ħ: "h",
  ŋ: "n",
  $: "_",
};

/** Column names that PostgreSQL or Redshift keep for themselves in every table. */
const SYSTEM_COLUMNS = new Set([
  "oid",
  "tableoid",
  "ctid",
  "xmin",
  "xmax",
  "cmin",
  "cmax",
  "insertxid",
  "deletexid",
  // Names a load in `ops.touched_<table>`, beside the key.
  "batch",
]);

/** schemas/sql/quote.ts: longer names are cut in silence by the local stand-in. */
const LONGEST_NAME = 63;
/** Longest prefix before `<area>_<table>` in a name derived from it: `touched_`. */
const LONGEST_PREFIX = "touched_".length;

/**
 * `customerNumber`, `MSRP`, `order-id`, `Größe` -> `customer_number`, `msrp`, `order_id`, `grosse`.
 * @returns "" when nothing of the name can be written in ASCII
 */
export function snakeCase(name: string): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    // Before a capital that follows a small letter or digit, and before the last capital of an acronym.
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, "_")
    .toLowerCase()
    .replace(/[^a-z0-9_]/gu, (letter) => LETTERS[letter] ?? (/\p{Letter}/u.test(letter) ? "\0" : "_"));
  // A name of which only some letters can be written would mislead.
  if (words.includes("\0")) return "";
  return words.replace(/_+/g, "_").replace(/^_|_$/g, "");
}

/** The first of `name`, `name_2`, `name_3` ... that is free and fits; it is taken from then on. */
export function claim(name: string, taken: Set<string>, longest = LONGEST_NAME): string {
  for (let n = 1; ; n += 1) {
    const suffix = n === 1 ? "" : `_${n}`;
    const candidate = `${name.slice(0, longest - suffix.length).replace(/_$/, "")}${suffix}`;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}

/** The name of a column in the warehouse; `place` (from 1) names one that cannot be written in ASCII. */
export function columnName(source: string, place: number, taken: Set<string>): string {
  return claim(usable(snakeCase(source), "column", place, SYSTEM_COLUMNS), taken);
}

/** Names of files in an area's folder that are no table. */
const OWN_FILES = new Set(["index", "area"]);

/** The name of a table below an area, and of its file. */
export function tableName(source: string, place: number, area: string, taken: Set<string>): string {
  const longest = LONGEST_NAME - LONGEST_PREFIX - area.length - 1;
  return claim(usable(snakeCase(source), "table", place, OWN_FILES), taken, longest);
}

function usable(name: string, kind: string, place: number, kept: ReadonlySet<string>): string {
  if (name === "") return `${kind}_${place}`;
  if (/^\d/.test(name)) return `${kind}_${name}`;
  return kept.has(name) ? `${name}_${kind}` : name;
}

/** Why an area cannot have this name; null when it can. */
export function areaProblem(name: string): string | null {
  if (!/^[a-z][a-z0-9_]*$/.test(name) || name.endsWith("_") || name.includes("__")) {
    return `'${name}' cannot be an area's name: lower case letters, digits and single '_' between them are allowed`;
  }
  return name.length > 24
    ? `'${name}' is too long for an area's name: it begins every name, 24 characters at most`
    : null;
}

/** Words that no constant of a module may be called. */
const WORDS = new Set(
  `arguments async await boolean break case catch class const continue debugger default delete do else enum eval export
  extends false finally for function if implements import in instanceof interface let new null package private
  protected public return static super switch this throw true try typeof undefined var void while with yield`.split(
    /\s+/,
  ),
);

export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

/** The constant that holds a table's definition: `order_items` -> `orderItems`, and `<x>Table` where that is taken. */
export function constantName(table: string, taken: Set<string>): string {
  const wanted = camelCase(table);
  for (const candidate of [wanted, `${wanted}Table`]) {
    if (WORDS.has(candidate) || taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
  return claim(`${wanted}Table`, taken, Infinity);
}

/** Names like the one that was not found, nearest first. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase();
  return known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(2, wanted.length / 3) || (wanted.length > 2 && candidate.toLowerCase().includes(wanted)),
    )
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Letters to add, take away or change (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
