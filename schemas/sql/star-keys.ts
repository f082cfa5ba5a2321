import type { AnyDimension, AnyJoins } from "../model/dimension.ts";
import type { AnyTable } from "../model/table.ts";
import { historyName } from "../naming.ts";
import { joinColumns, keyColumns } from "./keys.ts";
import { identifier, identifiers, qualified } from "./quote.ts";
import { exact } from "./star-exact.ts";
import { columnOf, parseReference, resolve } from "./star-references.ts";
import { isPending, touchedKeys } from "./star-touched.ts";
import type { Scope } from "./star-touched.ts";

/** Columns that carry a row's key: those that rows are matched on, and the key as it is. */
export function carriedKey(table: AnyTable): readonly string[] {
  return [...new Set([...joinColumns(table), ...keyColumns(table)])];
}

/** SQL of a reference where the root has the alias `r` and each join `j_<alias>`. */
export function referenceSql(reference: string): string {
  const { alias, name } = parseReference(reference);
  return `${alias === null ? "r" : `j_${alias}`}.${identifier(name)}`;
}

/**
 * `key = reference AND ...` over the whole key of a join.
 * @param target alias of the joined table
 * @param sqlOf how a reference reads where the condition stands
 */
export function joinCondition(
  root: AnyTable,
  joins: AnyJoins,
  alias: string,
  target: string,
  sqlOf: (reference: string) => string = referenceSql,
): string {
  const join = joins[alias];
  if (join === undefined) throw new TypeError(`there is no join '${alias}'`);
  return Object.entries(join.on)
    .map(([name, reference]) => {
      const [toType, fromType] = [columnOf(join.table, name).type, resolve(root, joins, reference).column.type];
      if ((toType.kind === "pseudonym") !== (fromType.kind === "pseudonym")) {
        throw new TypeError(
          `${join.table.name}.${name} and '${reference}' of ${root.name} are never equal, as only one is pseudonymised: mark both or none`,
        );
      }
      return `${exact(`${target}.${identifier(name)}`, toType)} = ${exact(sqlOf(reference), fromType)}`;
    })
    .join(" AND ");
}

/** Joins that must stand before `alias` can be joined, in order. */
function joinsBefore(joins: AnyJoins, alias: string): readonly string[] {
  const needed = Object.values(joins[alias]?.on ?? {}).flatMap((reference) => {
    const { alias: other } = parseReference(reference);
    return other === null ? [] : [...joinsBefore(joins, other), other];
  });
  return [...new Set(needed)];
}

/**
 * SELECTs of the root's keys whose joins lead to a touched key.
 * @param tableName which table of root and joins to look at: history, because versions of the past are made of joined
 * rows too, or the mirror
 */
export function reachedKeys(
  definition: { readonly root: AnyTable; readonly joins: AnyJoins },
  scope: Exclude<Scope, "all">,
  tableName: (table: AnyTable) => string,
): readonly string[] {
  const { root, joins } = definition;
  return Object.entries(joins)
    .filter(([, join]) => isPending(scope, join.table))
    .map(([alias, join]) => {
      const chain = joinsBefore(joins, alias).map((step) => {
        const through = joins[step]?.table ?? root;
        return `JOIN ${qualified(tableName(through))} j_${step} ON ${joinCondition(root, joins, step, `j_${step}`)}`;
      });
      return [
        `SELECT ${identifiers(carriedKey(root), "r")}`,
        `FROM ${qualified(tableName(root))} r`,
        ...chain,
        `JOIN ${touchedKeys(scope, join.table)} ON ${joinCondition(root, joins, alias, "t")}`,
      ].join("\n");
    });
}

/** Keys of the members that a build must compute again. */
export function touchedMembers(dimension: AnyDimension, scope: Scope): string {
  const { root } = dimension;
  const columns = carriedKey(root);
  if (scope === "all") return `SELECT DISTINCT ${identifiers(columns)}\nFROM ${qualified(historyName(root))}`;
  const own = isPending(scope, root) ? [`SELECT ${identifiers(columns, "t")}\nFROM ${touchedKeys(scope, root)}`] : [];
  return unionOf([...own, ...reachedKeys(dimension, scope, historyName)]);
}

/** Each key once, though it is reached several ways, or by one way from several loads. */
export function unionOf(selects: readonly string[]): string {
  const [first = "", ...more] = selects;
  return more.length === 0 ? first.replace("SELECT", "SELECT DISTINCT") : selects.join("\nUNION\n");
}
