import type { AnyDimension } from "../../../schemas/model/dimension.ts";
import type { AnyFact } from "../../../schemas/model/fact.ts";
import { mirrorName } from "../../../schemas/naming.ts";
import { dimensionName, factName, OPEN_FUTURE, OPEN_PAST, surrogate } from "../../../schemas/sql/star-names.ts";
import { star } from "../../../schemas/warehouse/star.ts";
import type { World } from "../world/world.ts";
import type { Findings } from "./findings.ts";
import { Tally } from "./findings.ts";

const list = (names: readonly string[], alias: string): string => names.map((name) => `${alias}."${name}"`).join(", ");
const same = (names: readonly string[], a: string, b: string): string =>
  names.map((name) => `${a}."${name}" IS NOT DISTINCT FROM ${b}."${name}"`).join(" AND ");

/** Disjoint intervals without gaps, from the open past to the open future, with one current row for each member. */
export async function checkDimension(world: World, dimension: AnyDimension): Promise<Findings> {
  const tally = new Tally();
  const name = dimensionName(dimension);
  const key = surrogate(dimension);
  const natural = dimension.natural;
  const doubled = await count(world, `SELECT 1 FROM ${name} d GROUP BY ${key} HAVING COUNT(*) > 1`);
  if (doubled > 0) tally.count("doubled", `${name}: ${doubled} surrogate keys are there twice`, doubled);
  tally.rows = await count(world, `SELECT 1 FROM ${name}`);
  if (dimension.kind === "values") {
    const twice = await count(
      world,
      `SELECT 1 FROM ${name} d WHERE ${key} > 0 GROUP BY ${list(natural, "d")} HAVING COUNT(*) > 1`,
    );
    if (twice > 0) tally.count("doubled", `${name}: ${twice} members are there twice`, twice);
    return tally;
  }
  const faults = await world.ask(`SELECT member, problem FROM (
    SELECT CONCAT_WS('|', ${list(natural, "d")}) AS member,
      CASE WHEN valid_from >= valid_to THEN 'an empty interval'
        WHEN before_it IS NULL AND valid_from <> '${OPEN_PAST}' THEN 'the first row is not open to the past'
        WHEN before_it > valid_from THEN 'intervals overlap'
        WHEN before_it < valid_from THEN 'there is a gap'
        WHEN after_it IS NULL AND valid_to <> '${OPEN_FUTURE}' THEN 'the last row is not open to the future'
        WHEN is_current <> (after_it IS NULL) THEN 'the last row alone should be current' END AS problem
    FROM (SELECT d.*, LAG(valid_to) OVER w AS before_it, LEAD(valid_from) OVER w AS after_it
      FROM ${name} d WHERE ${key} > 0 WINDOW w AS (PARTITION BY ${list(natural, "d")} ORDER BY valid_from, ${key})) d
  ) found WHERE problem IS NOT NULL`);
  for (const { member, problem } of faults) tally.count("bent", `${name} ${member ?? ""}: ${problem ?? ""}`);
  await checkMembers(world, dimension, tally);
  return tally;
}

/** Each key that the root's mirror has is a member, flagged when it is deleted. */
async function checkMembers(world: World, dimension: AnyDimension, tally: Tally): Promise<void> {
  const name = dimensionName(dimension);
  const natural = dimension.natural;
  const missing =
    await world.ask(`SELECT CONCAT_WS('|', ${list(natural, "m")}) AS member FROM ${mirrorName(dimension.root)} m
    LEFT JOIN ${name} d ON ${same(natural, "d", "m")} AND d.is_current WHERE NOT m._deleted AND d.is_current IS NULL`);
  for (const { member } of missing) tally.count("lost", `${name} lacks ${member ?? ""}`);
  const flags =
    await world.ask(`SELECT CONCAT_WS('|', ${list(natural, "m")}) AS member FROM ${mirrorName(dimension.root)} m
    JOIN ${name} d ON ${same(natural, "d", "m")} AND d.is_current WHERE m._deleted <> d.is_deleted`);
  for (const { member } of flags)
    tally.count("bent", `${name} ${member ?? ""}: is_deleted is not what the mirror says`);
}

/** One row for each row of the root that is there, and its keys point at the member that holds as of its date. */
export async function checkFact(world: World, fact: AnyFact): Promise<Findings> {
  const tally = new Tally();
  const name = factName(fact);
  const root = mirrorName(fact.root);
  const { grain } = fact;
  tally.rows = await count(world, `SELECT 1 FROM ${name}`);
  const twice = await count(world, `SELECT 1 FROM ${name} f GROUP BY ${list(grain, "f")} HAVING COUNT(*) > 1`);
  if (twice > 0) tally.count("doubled", `${name}: ${twice} rows are there twice`, twice);
  const missing = await count(
    world,
    `SELECT 1 FROM ${root} m LEFT JOIN ${name} f ON ${same(grain, "f", "m")}
    WHERE NOT m._deleted AND f."${grain[0] ?? ""}" IS NULL`,
  );
  if (missing > 0) tally.count("lost", `${name} lacks ${missing} rows`, missing);
  const surplus = await count(
    world,
    `SELECT 1 FROM ${name} f LEFT JOIN ${root} m ON ${same(grain, "f", "m")} AND NOT m._deleted
    WHERE m."${grain[0] ?? ""}" IS NULL`,
  );
  if (surplus > 0) tally.count("bent", `${name} has ${surplus} rows that are deleted`, surplus);
  for (const [column, { dimension, on }] of Object.entries(fact.members)) {
    // Members that are reached through another member are right when that one is.
    if (Object.values(on).some((reference) => reference.includes("."))) continue;
    const pairs = Object.entries(on);
    const wrong = await count(
      world,
      `SELECT 1 FROM ${name} f JOIN ${root} m ON ${same(grain, "f", "m")}
      JOIN ${dimensionName(dimension)} d ON d.${surrogate(dimension)} = f."${column}"
      WHERE f."${column}" > 0 AND (${pairs.map(([natural, from]) => `d."${natural}" IS DISTINCT FROM m."${from}"`).join(" OR ")})`,
    );
    if (wrong > 0) tally.count("bent", `${name}.${column}: ${wrong} rows point at another member`, wrong);
    const unknown = await count(
      world,
      `SELECT 1 FROM ${name} f JOIN ${root} m ON ${same(grain, "f", "m")}
      JOIN ${dimensionName(dimension)} d ON ${pairs.map(([natural, from]) => `d."${natural}" = m."${from}"`).join(" AND ")}
      WHERE f."${column}" = -1 AND ${dimension.kind === "versioned" ? "d.is_current" : "TRUE"}`,
    );
    if (unknown > 0)
      tally.count("bent", `${name}.${column}: ${unknown} rows have no member though there is one`, unknown);
  }
  return tally;
}

export async function checkStar(world: World): Promise<Findings> {
  const tally = new Tally();
  for (const dimension of star.dimensions) tally.add(await checkDimension(world, dimension));
  for (const fact of star.facts) tally.add(await checkFact(world, fact));
  return tally;
}

async function count(world: World, sql: string): Promise<number> {
  const [row] = await world.ask(`SELECT COUNT(*) AS n FROM (${sql}) counted`);
  return Number(row?.["n"] ?? 0);
}
