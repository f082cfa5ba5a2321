import type { World } from "../world/world.ts";
import type { Findings } from "./findings.ts";
import { Tally } from "./findings.ts";
import { compareHistory, compareVersions, readVersions } from "./history.ts";
import type { Versions } from "./history.ts";
import { checkLedgers } from "./ledger.ts";
import { compareMirror } from "./mirror.ts";
import { checkStar } from "./star.ts";

/** What must hold after every fault, drained or not: versions do not go back, ledgers join up, nothing is there twice. */
export async function checkAlways(world: World, before: Versions): Promise<{ findings: Findings; versions: Versions }> {
  const tally = new Tally();
  const versions = await readVersions(world);
  tally.add(compareVersions(before, versions));
  tally.add(await checkLedgers(world, false));
  return { findings: tally, versions };
}

/** What must hold once everything has arrived. */
export async function checkAll(world: World): Promise<Findings> {
  const tally = new Tally();
  for (const table of world.tables) {
    tally.add(await compareMirror(world, table));
    tally.add(await compareHistory(world, table));
  }
  tally.add(await checkLedgers(world, true));
  tally.add(await checkStar(world));
  return tally;
}
