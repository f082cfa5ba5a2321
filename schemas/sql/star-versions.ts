import type { AnyDimension } from "../model/dimension.ts";
import type { ColumnType } from "../model/column.ts";
import { historyName } from "../naming.ts";
import { joinColumns, sameKey } from "./keys.ts";
import { identifier, qualified } from "./quote.ts";
import { digest, exact, memberText } from "./star-exact.ts";
import { joinCondition } from "./star-keys.ts";
import { OPEN_FUTURE, OPEN_PAST } from "./star-names.ts";
import { attributeColumn, parseReference, resolve } from "./star-references.ts";
import { moment, stretches, WHOLE_FRAME } from "./star-stretches.ts";

const UP_TO_HERE = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
const ROOT = "root";

/** Name of a reference's column once root and joined rows stand in one row; `__` keeps it apart from our own names. */
function flat(reference: string): string {
  const { alias, name } = parseReference(reference);
  return identifier(`${alias ?? ROOT}__${name}`);
}

/** Columns of the root or of a join that attributes or joins refer to, as references. */
function referencesTo(dimension: AnyDimension, alias: string | null): readonly string[] {
  const { attributes, joins } = dimension;
  const all = [
    ...Object.values(attributes).map((attribute) => attribute.from),
    ...Object.values(joins).flatMap((join) => Object.values(join.on)),
  ];
  return [...new Set(all.filter((reference) => parseReference(reference).alias === alias))];
}

const plain = (reference: string): string => parseReference(reference).name;
const memberColumns = (dimension: AnyDimension): readonly string[] =>
  joinColumns(dimension.root).map((name) => identifier(`m_${name}`));

/** The root's stretches for the members asked for. */
function rootStates(dimension: AnyDimension, keys: string): readonly string[] {
  const { root } = dimension;
  const references = referencesTo(dimension, null);
  const from = `FROM ${qualified(historyName(root))} h\n  JOIN ${keys} k ON ${sameKey(root, "h", "k")}`;
  const columns = [
    ...joinColumns(root).map((name) => `${identifier(name)} AS ${identifier(`m_${name}`)}`),
    ...references.map((reference) => `${identifier(plain(reference))} AS ${flat(reference)}`),
  ];
  return [
    ...stretches({ name: ROOT, table: root, columns: references.map(plain), from, joined: false }),
    `states_0 AS (\n  SELECT ${columns.join(", ")}, last_op, at, since, until\n  FROM ${ROOT}\n)`,
  ];
}

/** Lays the stretches of a joined table over the states so far: a new state wherever either side changes. */
function overlaid(dimension: AnyDimension, alias: string, step: number, carried: readonly string[]): readonly string[] {
  const { root, joins } = dimension;
  const join = joins[alias];
  if (join === undefined) return [];
  const before = `states_${step}`;
  const references = referencesTo(dimension, alias);
  const types = Object.values(join.on).map((reference) => resolve(root, joins, reference).column.type);
  const wanted = Object.values(join.on).map((r, i) => `${exact(flat(r), types[i] as ColumnType)} AS k${i}`);
  const keys = Object.keys(join.on);
  const chosen = keys.map((name, i) => `${exact(`h.${identifier(name)}`, types[i] as ColumnType)} = w.k${i}`);
  const from = `FROM ${qualified(historyName(join.table))} h
  JOIN (SELECT DISTINCT ${wanted.join(", ")} FROM ${before}) w ON ${chosen.join(" AND ")}`;
  const later = (column: string): string =>
    `CASE WHEN j.since > s.since THEN j.${column} ELSE s.${column} END AS ${column}`;
  return [
    ...stretches({
      name: `j_${alias}`,
      table: join.table,
      columns: [...keys, ...references.map(plain)],
      from,
      joined: true,
    }),
    `states_${step + 1} AS (
  SELECT ${[...carried.map((name) => `s.${name}`), ...references.map((r) => `j.${identifier(plain(r))} AS ${flat(r)}`)].join(", ")},
    s.last_op, ${later("at")}, ${later("since")},
    CASE WHEN j.until < s.until THEN j.until ELSE s.until END AS until
  FROM ${before} s
  LEFT JOIN j_${alias} j ON ${joinCondition(root, joins, alias, "j", (r) => `s.${flat(r)}`)} AND j.since < s.until AND s.since < j.until
)`,
  ];
}

/**
 * The query that gives the versions of every member in `keys`, computed whole from history: attributes, valid_from,
 * valid_to, is_current, is_deleted, `member` (the natural key as text) and `tracked` (a digest of what is tracked).
 *
 * Root and joined rows are overlaid by version, which is exact across the tables of one source. Then time is laid over
 * it: a change of no tracked attribute opens no version; valid_from is the later of event time and the previous
 * valid_from; equal times collapse to the last, which may again be no change.
 * @param keys name of a table with the root's carried key
 */
export function versionsQuery(dimension: AnyDimension, keys: string): string {
  const names = Object.keys(dimension.attributes);
  const typed = (wanted: readonly string[], sqlOf: (name: string) => string) =>
    wanted.map((name) => ({ value: sqlOf(name), type: attributeColumn(dimension, name).type }));
  const source = (name: string): string => flat(dimension.attributes[name]?.from ?? name);
  const untracked = (name: string): boolean => dimension.untracked.includes(name);

  const ctes = [...rootStates(dimension, keys)];
  let carried = [...memberColumns(dimension), ...referencesTo(dimension, null).map(flat)];
  const aliases = Object.keys(dimension.joins);
  aliases.forEach((alias, step) => {
    ctes.push(...overlaid(dimension, alias, step, carried));
    carried = [...carried, ...referencesTo(dimension, alias).map(flat)];
  });

  const by = memberColumns(dimension).join(", ");
  const newest = (name: string): string =>
    `FIRST_VALUE(${source(name)}) OVER (PARTITION BY ${by} ORDER BY since DESC ${WHOLE_FRAME})`;
  const values = names.map((name) => `${untracked(name) ? newest(name) : source(name)} AS ${identifier(name)}`);
  const tracked = digest(
    typed(
      names.filter((name) => !untracked(name)),
      source,
    ),
  );
  const attributes = names.map(identifier).join(", ");
  const inOrder = `OVER (PARTITION BY ${by} ORDER BY since`;
  ctes.push(
    `states AS (\n  SELECT ${by}, ${values.join(", ")},\n    ${tracked} AS tracked, last_op, at, since\n  FROM states_${aliases.length}\n)`,
    `compared AS (\n  SELECT states.*, LAG(tracked) ${inOrder}) AS before\n  FROM states\n)`,
    `timed AS (\n  SELECT ${by}, ${attributes}, tracked, last_op, since, MAX(at) ${inOrder} ${UP_TO_HERE}) AS starts\n  FROM compared\n  WHERE before IS NULL OR before <> tracked\n)`,
    `placed AS (\n  SELECT timed.*, ROW_NUMBER() OVER (PARTITION BY ${by}, starts ORDER BY since DESC) AS place\n  FROM timed\n)`,
    `settled AS (\n  SELECT placed.*, LAG(tracked) ${inOrder}) AS before\n  FROM placed\n  WHERE place = 1\n)`,
    `versions AS (\n  SELECT settled.*, ROW_NUMBER() ${inOrder}) AS nth, LEAD(starts) ${inOrder}) AS ends\n  FROM settled\n  WHERE before IS NULL OR before <> tracked\n)`,
  );
  const result = [
    ...names.map(identifier),
    `CASE WHEN nth = 1 THEN ${moment(OPEN_PAST)} ELSE starts END AS valid_from`,
    `COALESCE(ends, ${moment(OPEN_FUTURE)}) AS valid_to`,
    "CASE WHEN ends IS NULL THEN TRUE ELSE FALSE END AS is_current",
    "CASE WHEN ends IS NULL AND last_op = 'd' THEN TRUE ELSE FALSE END AS is_deleted",
    `${memberText(typed(dimension.natural, identifier))} AS member`,
    "tracked",
  ];
  return `WITH ${ctes.join(", ")}\nSELECT ${result.join(",\n  ")}\nFROM versions`;
}
