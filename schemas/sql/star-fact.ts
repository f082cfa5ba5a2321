import type { ColumnType } from "../model/column.ts";
import type { AnyFact, AnyPart, Measure } from "../model/fact.ts";
import { historyName, mirrorName } from "../naming.ts";
import { typeSql } from "../types/warehouse.ts";
import { keyColumns, sameKey } from "./keys.ts";
import { identifier, identifiers, integer, literal, qualified } from "./quote.ts";
import { createTemporary, temporary } from "./star-dimension.ts";
import { exact, memberText } from "./star-exact.ts";
import { asOfEnd, factJoins, factReferenceSql } from "./star-fact-from.ts";
import { carriedKey, reachedKeys, unionOf } from "./star-keys.ts";
import { measurePart, measureReferences, measureType, partAggregate } from "./star-measures.ts";
import { factName, MOVED_TABLE, surrogate, UNKNOWN_KEY } from "./star-names.ts";
import { attributeColumn, columnOf } from "./star-references.ts";
import { FIRST_DAY, LAST_DAY } from "./star-rows.ts";
import { factColumns } from "./star-tables.ts";
import { isPending, touchedKeys } from "./star-touched.ts";
import type { Scope } from "./star-touched.ts";

/**
 * What a build has to do about one fact, after its dimensions; in a transaction that holds the lock on ops.star.
 * @param built names of the dimensions that the same build computes: only they can have moved
 */
export function factStatements(fact: AnyFact, scope: Scope, built: readonly string[]): readonly string[] {
  const keys = temporary(`fact_${fact.name}`, "keys");
  const [, unqualified = ""] = factName(fact).split(".");
  const match = fact.grain
    .map((name) => {
      const { type } = columnOf(fact.root, name);
      return `${exact(`${unqualified}.${identifier(name)}`, type)} = ${exact(`k.${identifier(name)}`, type)}`;
    })
    .join(" AND ");
  const pointed = Object.values(fact.members).filter(({ dimension }) => dimension.kind === "versioned");
  const moved = [...new Set(pointed.map(({ dimension }) => dimension.name))].filter((name) => built.includes(name));
  const names = moved.map(literal).join(", ");
  const forget = `DELETE FROM ${MOVED_TABLE}\nWHERE fact = ${literal(fact.name)} AND dimension IN (${names})`;
  return [
    createTemporary(keys, touchedRows(fact, scope, built)),
    `DELETE FROM ${qualified(factName(fact))}\nUSING ${keys} k\nWHERE ${match}`,
    insertRows(fact, keys),
    ...(moved.length === 0 ? [] : [forget]),
  ];
}

/** Keys of the rows to recompute: touched themselves, through joins or parts, or because a member of theirs changed. */
function touchedRows(fact: AnyFact, scope: Scope, built: readonly string[]): string {
  const { root } = fact;
  const columns = carriedKey(root);
  if (scope === "all") return `SELECT ${identifiers(columns)}\nFROM ${qualified(mirrorName(root))}`;
  const own = isPending(scope, root) ? [`SELECT ${identifiers(columns, "t")}\nFROM ${touchedKeys(scope, root)}`] : [];
  const parts = Object.values(fact.parts)
    .filter((part) => isPending(scope, part.table))
    .map((part) => rowsOfPart(fact, part, scope));
  return unionOf([...own, ...reachedKeys(fact, scope, mirrorName), ...parts, ...rowsOfMoved(fact, built)]);
}

/**
 * Rows that touched rows of a part belong or belonged to. When the reference is not in the part's own key it may have
 * changed, and only history knows what it was.
 */
function rowsOfPart(fact: AnyFact, part: AnyPart, scope: Exclude<Scope, "all">): string {
  const inKey = Object.keys(part.on).every((name) => keyColumns(part.table).includes(name));
  const t = inKey ? "t" : "h";
  const on = Object.entries(part.on)
    .map(([name, rootColumn]) => {
      const { type } = columnOf(part.table, name);
      return `${exact(`r.${identifier(rootColumn)}`, type)} = ${exact(`${t}.${identifier(name)}`, type)}`;
    })
    .join(" AND ");
  const history = inKey ? "" : `\nJOIN ${qualified(historyName(part.table))} h ON ${sameKey(part.table, "h", "t")}`;
  return `SELECT ${identifiers(carriedKey(fact.root), "r")}\nFROM ${touchedKeys(scope, part.table)}${history}\nJOIN ${qualified(mirrorName(fact.root))} r ON ${on}`;
}

/** Rows that point, or should point, at a member whose versions changed on or before their date. */
function rowsOfMoved(fact: AnyFact, built: readonly string[]): readonly string[] {
  return Object.values(fact.members)
    .filter(({ dimension }) => dimension.kind === "versioned" && built.includes(dimension.name))
    .map(({ dimension, on }) => {
      const values = dimension.natural.map((name) => ({
        value: factReferenceSql(fact, on[name] ?? name),
        type: attributeColumn(dimension, name).type,
      }));
      return [
        `SELECT ${identifiers(carriedKey(fact.root), "r")}`,
        `FROM ${qualified(mirrorName(fact.root))} r`,
        ...factJoins(fact, [...Object.values(on), fact.asOf]),
        `JOIN ${MOVED_TABLE} m ON m.member = ${memberText(values)} AND m.since < ${asOfEnd(fact)}`,
        `WHERE m.fact = ${literal(fact.name)} AND m.dimension = ${literal(dimension.name)}`,
      ].join("\n");
    });
}

/** `yyyymmdd`, or the unknown day for no date and for days that dim_date does not have. */
function dayKey(value: string): string {
  const held = `${value} BETWEEN CAST(${literal(FIRST_DAY)} AS DATE) AND CAST(${literal(LAST_DAY)} AS DATE)`;
  return `CASE WHEN ${held} THEN CAST(TO_CHAR(${value}, 'YYYYMMDD') AS INTEGER) ELSE ${integer(UNKNOWN_KEY)} END`;
}

function dayOf(fact: AnyFact, reference: string): string {
  return `CAST(${factReferenceSql(fact, reference)} AS DATE)`;
}

function measureSql(fact: AnyFact, name: string, measure: Measure): string {
  const part = measurePart(measure);
  if (part !== null) return `COALESCE(${identifier(`a_${part}`)}.${identifier(name)}, 0)`;
  if ("from" in measure) return factReferenceSql(fact, measure.from);
  if ("product" in measure) {
    const product = measure.product.map((reference) => factReferenceSql(fact, reference)).join(" * ");
    return `CAST(${product} AS ${typeSql(measureType(fact, measure))})`;
  }
  if ("days" in measure) return `${dayOf(fact, measure.days[1])} - ${dayOf(fact, measure.days[0])}`;
  throw new TypeError(`fact ${fact.name}: column ${name} is of no known kind`);
}

/** A part's rows summed up for the keys at hand. */
function partJoin(fact: AnyFact, alias: string, part: AnyPart, keys: string): string {
  const measures = Object.entries(fact.columns).filter(([, measure]) => measurePart(measure) === alias);
  const pairs = Object.entries(part.on);
  const same = (left: string, name: string, right: string, type: ColumnType): string =>
    `${exact(`${left}.${identifier(name)}`, type)} = ${right}`;
  const grouped = pairs.map(
    ([name], i) => `${exact(`c.${identifier(name)}`, columnOf(part.table, name).type)} AS k${i}`,
  );
  const groups = pairs.map(([name]) => exact(`c.${identifier(name)}`, columnOf(part.table, name).type)).join(", ");
  const inKeys = pairs.every(([, rootColumn]) => carriedKey(fact.root).includes(rootColumn));
  const only = inKeys
    ? `\n  JOIN (SELECT DISTINCT ${pairs.map(([, rootColumn], i) => `${exact(`k.${identifier(rootColumn)}`, columnOf(fact.root, rootColumn).type)} AS k${i}`).join(", ")} FROM ${keys} k) w ON ${pairs.map(([name], i) => same("c", name, `w.k${i}`, columnOf(part.table, name).type)).join(" AND ")}`
    : "";
  const aggregates = measures.map(([name, measure]) => `${partAggregate(fact, measure)} AS ${identifier(name)}`);
  const on = pairs
    .map(([, rootColumn], i) =>
      same("r", rootColumn, `${identifier(`a_${alias}`)}.k${i}`, columnOf(fact.root, rootColumn).type),
    )
    .join(" AND ");
  return `LEFT JOIN (
  SELECT ${[...grouped, ...aggregates].join(", ")}
  FROM ${qualified(mirrorName(part.table))} c${only}
  WHERE NOT c._deleted
  GROUP BY ${groups}
) ${identifier(`a_${alias}`)} ON ${on}`;
}

/** Rows of the keys at hand that are still there, computed whole. */
function insertRows(fact: AnyFact, keys: string): string {
  const members = Object.entries(fact.members).map(([key, { dimension }]) => {
    const column = `${identifier(`d_${key}`)}.${identifier(surrogate(dimension))}`;
    return `COALESCE(${column}, ${integer(UNKNOWN_KEY)})`;
  });
  const days = Object.values(fact.days).map(({ from }) => dayKey(dayOf(fact, from)));
  const measures = Object.entries(fact.columns).map(([name, measure]) => measureSql(fact, name, measure));
  const references = [
    ...Object.keys(fact.members).map((key) => `${key}.key`),
    ...Object.values(fact.days).map(({ from }) => from),
    ...Object.values(fact.columns).flatMap(measureReferences),
  ];
  const parts = Object.entries(fact.parts).map(([alias, part]) => partJoin(fact, alias, part, keys));
  const values = [...members, ...days, ...fact.grain.map((name) => `r.${identifier(name)}`), ...measures];
  return [
    `INSERT INTO ${qualified(factName(fact))} (${identifiers(factColumns(fact).map((column) => column.name))})`,
    `SELECT\n  ${values.join(",\n  ")}`,
    `FROM ${keys} k`,
    `JOIN ${qualified(mirrorName(fact.root))} r ON ${sameKey(fact.root, "r", "k")} AND NOT r._deleted`,
    ...factJoins(fact, references),
    ...parts,
  ].join("\n");
}
