import type { AnyDimension } from "../model/dimension.ts";
import type { AnyFact } from "../model/fact.ts";
import type { AnyTable } from "../model/table.ts";
import { historyName, qualifiedName } from "../naming.ts";
import { star, starTables, tablesOf } from "../warehouse/star.ts";
import type { Star } from "../warehouse/star.ts";
import { BATCH_TABLE } from "./columns.ts";
import { literal, integer, qualified } from "./quote.ts";
import { dimensionStatements } from "./star-dimension.ts";
import { factStatements } from "./star-fact.ts";
import { BUILT_TABLE, STAR_TABLE } from "./star-names.ts";
import { forgetTouched, isPending } from "./star-touched.ts";
import type { Scope } from "./star-touched.ts";

/** BatchExecuteStatement takes no more. */
export const MOST_STATEMENTS = 40;
/** Loads that one build takes up: their ids stand in its statements, whose text may have 100 KB. */
export const MOST_BATCHES = 500;

/** Loads of the star's tables that it does not show yet, oldest first: columns `batch` and `table_name`. */
export function pendingQuery(of: Star = star): string {
  const names = starTables(of).map((table) => literal(qualifiedName(table)));
  return `SELECT b.batch, b.table_name
FROM ${BATCH_TABLE} b
LEFT JOIN ${BUILT_TABLE} s ON s.batch = b.batch AND s.table_name = b.table_name
WHERE s.batch IS NULL AND b.table_name IN (${names.join(", ")})
ORDER BY b.loaded_at, b.batch
LIMIT ${integer(MOST_BATCHES)}`;
}

/**
 * The transactions of a build, in order. Dimensions come before the facts that point at them. Each locks ops.star
 * first, so builds follow one another; each computes whole what it writes, so any of them may be repeated.
 */
export function buildTransactions(scope: Scope, of: Star = star): readonly (readonly string[])[] {
  const affected = (definition: AnyDimension | AnyFact): boolean =>
    tablesOf(definition).some((table) => isPending(scope, table));
  const dimensions = of.dimensions.filter(affected);
  const points = (fact: AnyFact, dimension: AnyDimension): boolean =>
    dimension.kind === "versioned" && Object.values(fact.members).some((member) => member.dimension === dimension);
  const facts = of.facts.filter((fact) => affected(fact) || dimensions.some((dimension) => points(fact, dimension)));
  const built = dimensions.map(({ name }) => name);
  return packed([
    ...dimensions.map((dimension) => {
      const pointing = facts.filter((fact) => points(fact, dimension)).map((fact) => fact.name);
      return dimensionStatements(dimension, scope, pointing);
    }),
    ...facts.map((fact) => factStatements(fact, scope, built)),
  ]);
}

/** As few transactions as units of work fit into, in order; usually one, so that readers see all of it at once. */
function packed(units: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const lock = `LOCK TABLE ${STAR_TABLE}`;
  const transactions: string[][] = [];
  for (const unit of units) {
    const last = transactions.at(-1);
    if (last !== undefined && last.length + unit.length <= MOST_STATEMENTS) last.push(...unit);
    else transactions.push([lock, ...unit]);
  }
  return transactions;
}

/**
 * The last transaction: the loads are visible as of `builtAt` (UTC), and their keys are forgotten. Run only after
 * every transaction of the build is committed; repeated after a crash it finds the loads pending and builds again.
 */
export function recordTransaction(
  pending: ReadonlyMap<string, readonly string[]>,
  builtAt: string,
  of: Star = star,
): readonly string[] {
  const tables = starTables(of).filter((table) => isPending(pending, table));
  return [
    `LOCK TABLE ${STAR_TABLE}`,
    ...tables.map((table) => recordTable(table, pending.get(qualifiedName(table)) ?? [], builtAt)),
    ...tables.filter((table) => table.key !== "none").map((table) => forgetTouched(pending, table)),
  ];
}

/** A build that ran twice at once records once. Snapshot rows carry the anchor's time: no commit to be late for. */
function recordTable(table: AnyTable, batches: readonly string[], builtAt: string): string {
  const list = batches.map((batch) => `SELECT ${literal(batch)} AS batch`).join(" UNION ALL ");
  return `INSERT INTO ${BUILT_TABLE} (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, ${literal(qualifiedName(table))}, CAST(${literal(builtAt)} AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (${list}) b
LEFT JOIN ${qualified(historyName(table))} h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ${BUILT_TABLE} s ON s.batch = b.batch AND s.table_name = ${literal(qualifiedName(table))}
WHERE s.batch IS NULL
GROUP BY b.batch`;
}

/** Oldest source commit among the changes that became visible at `builtAt`: column `oldest`, NULL without any. */
export function oldestCommitQuery(builtAt: string): string {
  return `SELECT MIN(oldest_commit_at) AS oldest\nFROM ${BUILT_TABLE}\nWHERE built_at = CAST(${literal(builtAt)} AS TIMESTAMP)`;
}
