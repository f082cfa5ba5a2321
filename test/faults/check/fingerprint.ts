import { historyName, mirrorName } from "../../../schemas/naming.ts";
import { dimensionName, factName } from "../../../schemas/sql/star-names.ts";
import { star } from "../../../schemas/warehouse/star.ts";
import type { World } from "../world/world.ts";
import type { Findings } from "./findings.ts";
import { Tally } from "./findings.ts";

/** Every row of every table that analysts may see, by the table's name. */
export type Fingerprint = ReadonlyMap<string, readonly string[]>;

export async function takeFingerprint(world: World): Promise<Fingerprint> {
  const names = [
    ...world.tables.map(historyName),
    ...world.tables.filter(({ key }) => key !== "none").map(mirrorName),
    ...star.dimensions.map(dimensionName),
    ...star.facts.map(factName),
  ];
  const prints = new Map<string, readonly string[]>();
  for (const name of names) {
    const rows = await world.ask(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
    prints.set(
      name,
      rows.map(({ row }) => row ?? ""),
    );
  }
  return prints;
}

/** Reading everything a second time must change no row. */
export function compareFingerprints(before: Fingerprint, after: Fingerprint): Findings {
  const tally = new Tally();
  for (const [name, rows] of before) {
    const now = after.get(name) ?? [];
    tally.rows += now.length;
    const [gone, come] = [without(rows, now), without(now, rows)];
    const changed = Math.min(gone.length, come.length);
    if (changed > 0)
      tally.count(
        "bent",
        `${name}: a replay changed ${changed} rows, ${gone[0]?.slice(0, 200) ?? ""} became ${come[0]?.slice(0, 200) ?? ""}`,
        changed,
      );
    if (gone.length > changed)
      tally.count("lost", `${name}: a replay took ${gone.length - changed} rows away`, gone.length - changed);
    if (come.length > changed)
      tally.count(
        "doubled",
        `${name}: a replay added ${come.length - changed} rows, ${come[0]?.slice(0, 200) ?? ""}`,
        come.length - changed,
      );
  }
  return tally;
}

function without(rows: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}
