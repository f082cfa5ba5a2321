import type { AnyFact, AnyMember } from "../model/fact.ts";
import { mirrorName } from "../naming.ts";
import { identifier, qualified } from "./quote.ts";
import { exact, exactText } from "./star-exact.ts";
import { joinCondition } from "./star-keys.ts";
import { dimensionName, OPEN_FUTURE } from "./star-names.ts";
import { attributeColumn, parseReference, resolveInFact } from "./star-references.ts";
import { moment } from "./star-stretches.ts";

/** SQL of a reference in a fact's FROM: root `r`, joins `j_<alias>`, members `d_<key>`. */
export function factReferenceSql(fact: AnyFact, reference: string): string {
  const { alias, name } = parseReference(reference);
  if (alias === null) return `r.${identifier(name)}`;
  return `${identifier(`${alias in fact.members ? "d" : "j"}_${alias}`)}.${identifier(name)}`;
}

/**
 * The moment, exclusive, up to which the fact sees its dimensions: a date counts to its end, because a change on the
 * day of an order cannot be told from one before it. Without a date: as they are now.
 */
export function asOfEnd(fact: AnyFact): string {
  const { kind } = resolveInFact(fact, fact.asOf).column.type;
  const value = `CAST(${factReferenceSql(fact, fact.asOf)} AS TIMESTAMP)`;
  switch (kind) {
    case "date":
      return `COALESCE(${value} + INTERVAL '1 day', ${moment(OPEN_FUTURE)})`;
    case "datetime":
    case "timestamp":
      return `COALESCE(${value} + INTERVAL '1 microsecond', ${moment(OPEN_FUTURE)})`;
    default:
      throw new TypeError(`fact ${fact.name}: as-of column ${fact.asOf} is ${kind}, neither date nor time`);
  }
}

/** References that must be there before a join or member can be looked up. */
function needs(fact: AnyFact, alias: string): readonly string[] {
  const member = fact.members[alias];
  if (member === undefined) return Object.values(fact.joins[alias]?.on ?? {});
  return [...Object.values(member.on), ...(member.dimension.kind === "versioned" ? [fact.asOf] : [])];
}

function collect(fact: AnyFact, references: readonly string[], found: Set<string>): Set<string> {
  for (const { alias } of references.map(parseReference)) {
    if (alias === null || found.has(alias)) continue;
    // Before itself: what comes first in the set must come first in the FROM.
    collect(fact, needs(fact, alias), found);
    found.add(alias);
  }
  return found;
}

function memberJoin(fact: AnyFact, key: string, member: AnyMember): string {
  const { dimension } = member;
  const d = identifier(`d_${key}`);
  const compare = dimension.kind === "versioned" ? exact : exactText;
  const keys = Object.entries(member.on).map(([name, reference]) => {
    const { type } = attributeColumn(dimension, name);
    return `${compare(`${d}.${identifier(name)}`, type)} = ${compare(factReferenceSql(fact, reference), type)}`;
  });
  const end = asOfEnd(fact);
  const time =
    dimension.kind === "versioned" ? [`${d}.valid_from < ${end}`, `(${end} <= ${d}.valid_to OR ${d}.is_current)`] : [];
  return `LEFT JOIN ${qualified(dimensionName(dimension))} ${d} ON ${[...keys, ...time].join(" AND ")}`;
}

/**
 * JOINs behind the root's mirror (alias `r`) that make the references readable, and no others. All are outer joins:
 * a row whose order has not arrived yet is a row, with unknown members.
 */
export function factJoins(fact: AnyFact, references: readonly string[]): readonly string[] {
  return [...collect(fact, references, new Set())].map((alias) => {
    const member = fact.members[alias];
    if (member !== undefined) return memberJoin(fact, alias, member);
    const table = fact.joins[alias]?.table;
    if (table === undefined) throw new TypeError(`fact ${fact.name}: there is no join '${alias}'`);
    const j = identifier(`j_${alias}`);
    const on = joinCondition(fact.root, fact.joins, alias, j, (reference) => factReferenceSql(fact, reference));
    return `LEFT JOIN ${qualified(mirrorName(table))} ${j} ON ${on} AND NOT ${j}._deleted`;
  });
}
