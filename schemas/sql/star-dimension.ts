import type { ColumnType } from "../model/column.ts";
import type { AnyDimension } from "../model/dimension.ts";
import { historyName } from "../naming.ts";
import { sameKey } from "./keys.ts";
import { identifier, identifiers, literal, qualified } from "./quote.ts";
import { digest, exactText, memberText } from "./star-exact.ts";
import { touchedMembers } from "./star-keys.ts";
import { dimensionName, MOVED_TABLE, STAR_TABLE, surrogate } from "./star-names.ts";
import { attributeColumn } from "./star-references.ts";
import type { Scope } from "./star-touched.ts";
import { versionsQuery } from "./star-versions.ts";

interface Typed {
  readonly value: string;
  readonly type: ColumnType;
}

const VERSION_TYPES: readonly (readonly [string, ColumnType])[] = [
  ["valid_to", { kind: "datetime", fsp: 6 }],
  ["is_current", { kind: "bit", length: 1 }],
  ["is_deleted", { kind: "bit", length: 1 }],
];
const VERSION_COLUMNS = ["valid_from", ...VERSION_TYPES.map(([name]) => name)];

/** Temporary table of a dimension's or fact's build; gone with the session. */
export const temporary = (name: string, what: string): string => identifier(`star_${name}_${what}`);
export const createTemporary = (name: string, query: string): string => `CREATE TEMP TABLE ${name} AS\n${query}`;

/** Raises the highest surrogate key ever given out, so that no key is ever given to another version. */
function rememberKeys(dimension: AnyDimension, from: string): string {
  const highest = `SELECT MAX(${identifier(surrogate(dimension))}) AS highest FROM ${from}`;
  return `UPDATE ${STAR_TABLE}\nSET last_key = k.highest\nFROM (${highest}) k\nWHERE dimension = ${literal(dimension.name)} AND k.highest > last_key`;
}

/** Natural key of a row of the dimension, as text. */
export function memberOf(dimension: AnyDimension, alias: string): string {
  return memberText(
    dimension.natural.map((name) => ({
      value: `${alias}.${identifier(name)}`,
      type: attributeColumn(dimension, name).type,
    })),
  );
}

/** What a build has to do about one dimension, in order; in one transaction that holds the lock on ops.star. */
export function dimensionStatements(
  dimension: AnyDimension,
  scope: Scope,
  facts: readonly string[],
): readonly string[] {
  return dimension.kind === "values"
    ? valuesStatements(dimension, scope)
    : versionedStatements(dimension, scope, facts);
}

/**
 * Versions of the touched members, computed whole, put in the place of those that differ. A version keeps its
 * surrogate key as long as its member has one that starts at the same time.
 */
function versionedStatements(dimension: AnyDimension, scope: Scope, facts: readonly string[]): readonly string[] {
  const { name } = dimension;
  const [keys, rows, changed, keyed] = ["keys", "rows", "changed", "keyed"].map((what) => temporary(name, what));
  const table = qualified(dimensionName(dimension));
  const [, unqualified = ""] = dimensionName(dimension).split(".");
  const key = identifier(surrogate(dimension));
  const columns = [...Object.keys(dimension.attributes), ...VERSION_COLUMNS];
  const statements = [
    createTemporary(keys ?? "", touchedMembers(dimension, scope)),
    createTemporary(rows ?? "", versionsQuery(dimension, keys ?? "")),
    createTemporary(changed ?? "", differences(dimension, rows ?? "", keys ?? "")),
    createTemporary(
      keyed ?? "",
      `SELECT
  CASE WHEN o.${key} IS NULL
    THEN s.last_key + ROW_NUMBER() OVER (PARTITION BY CASE WHEN o.${key} IS NULL THEN 1 ELSE 0 END ORDER BY n.member, n.valid_from)
    ELSE o.${key} END AS ${key},
  ${identifiers(columns, "n")}
FROM ${rows ?? ""} n
JOIN ${changed ?? ""} c ON c.member = n.member
LEFT JOIN ${table} o ON ${memberOf(dimension, "o")} = n.member AND o.valid_from = n.valid_from
CROSS JOIN (SELECT last_key FROM ${STAR_TABLE} WHERE dimension = ${literal(name)}) s`,
    ),
    `DELETE FROM ${table}\nUSING ${changed ?? ""} c\nWHERE ${memberOf(dimension, unqualified)} = c.member`,
    `INSERT INTO ${table} (${identifiers([surrogate(dimension), ...columns])})\nSELECT ${identifiers([surrogate(dimension), ...columns])}\nFROM ${keyed ?? ""}`,
    rememberKeys(dimension, keyed ?? ""),
  ];
  return facts.length === 0 ? statements : [...statements, moved(name, changed ?? "", facts)];
}

/**
 * Members whose rows differ from those in the table, and since when facts see another row or another tracked
 * attribute: rows that are the same on both sides come in pairs.
 */
function differences(dimension: AnyDimension, rows: string, keys: string): string {
  const typed = (names: readonly string[]): readonly Typed[] =>
    names.map((name) => ({ value: `d.${identifier(name)}`, type: attributeColumn(dimension, name).type }));
  const names = Object.keys(dimension.attributes);
  const versionParts = VERSION_TYPES.map(([name, type]) => ({ value: `d.${name}`, type }));
  const whole = digest([...typed(names), ...versionParts]);
  const tracked = digest(typed(names.filter((name) => !dimension.untracked.includes(name))));
  return `SELECT member, MIN(CASE WHEN same_tracked = 1 THEN valid_from END) AS since
FROM (
  SELECT member, valid_from,
    COUNT(*) OVER (PARTITION BY member, valid_from, tracked) AS same_tracked,
    COUNT(*) OVER (PARTITION BY member, valid_from, whole) AS same
  FROM (
    SELECT d.member, d.valid_from, d.tracked, ${whole} AS whole
    FROM ${rows} d
    UNION ALL
    SELECT k.member, d.valid_from, ${tracked}, ${whole}
    FROM ${qualified(dimensionName(dimension))} d
    JOIN (SELECT DISTINCT ${memberOf(dimension, "k")} AS member FROM ${keys} k) k ON ${memberOf(dimension, "d")} = k.member
  ) both_sides
) compared
WHERE same = 1
GROUP BY member`;
}

/** Notes, for each fact, the members whose rows must be looked up again. */
function moved(name: string, changed: string, facts: readonly string[]): string {
  const each = facts.map((fact) => `SELECT ${literal(fact)} AS fact`).join(" UNION ALL ");
  return `INSERT INTO ${MOVED_TABLE} (fact, dimension, member, since)\nSELECT f.fact, ${literal(name)}, c.member, c.since\nFROM ${changed} c\nCROSS JOIN (${each}) f\nWHERE c.since IS NOT NULL`;
}

/** Combinations of values seen for the first time. None is ever taken away: facts of the past may point at it. */
function valuesStatements(dimension: AnyDimension, scope: Scope): readonly string[] {
  const { root, natural } = dimension;
  const table = qualified(dimensionName(dimension));
  const key = identifier(surrogate(dimension));
  const touched =
    scope === "all" ? "" : `\n  JOIN (${touchedMembers(dimension, scope)}) k ON ${sameKey(root, "h", "k")}`;
  const equal = natural
    .map((name) => {
      const { type } = attributeColumn(dimension, name);
      return `${exactText(`o.${identifier(name)}`, type)} = ${exactText(`n.${identifier(name)}`, type)}`;
    })
    .join(" AND ");
  const some = natural.map((name) => `h.${identifier(name)} IS NOT NULL`).join(" OR ");
  const insert = `INSERT INTO ${table} (${identifiers([surrogate(dimension), ...natural])})
SELECT s.last_key + ROW_NUMBER() OVER (ORDER BY ${identifiers(natural, "n")}), ${identifiers(natural, "n")}
FROM (
  SELECT ${identifiers(natural, "h")}, ROW_NUMBER() OVER (PARTITION BY ${memberOf(dimension, "h")} ORDER BY h._version) AS nth
  FROM ${qualified(historyName(root))} h${touched}
  WHERE h._op <> 'd' AND (${some})
) n
LEFT JOIN ${table} o ON ${equal}
CROSS JOIN (SELECT last_key FROM ${STAR_TABLE} WHERE dimension = ${literal(dimension.name)}) s
WHERE n.nth = 1 AND o.${key} IS NULL`;
  return [insert, rememberKeys(dimension, table)];
}
