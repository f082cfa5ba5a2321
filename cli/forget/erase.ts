import type { NewId, Sleep, Wake, Warehouse, WarehouseRow } from "../../lambdas/core/ports.ts";
import { retrying } from "../../lambdas/core/retrying.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { ErasureCounts } from "../../schemas/sql/erasure.ts";
import {
  beginErasure,
  earlierErasures,
  eraseRows,
  matchedRows,
  newestVersions,
  recordErasure,
} from "../../schemas/sql/erasure.ts";
import { isBuilt, removeOrphans } from "../../schemas/sql/star-orphans.ts";
import { CommandError } from "../errors.ts";
import type { ObjectPorts } from "./objects.ts";
import { eraseObjects } from "./objects.ts";
import type { Sought } from "./person.ts";

export interface ErasePorts extends ObjectPorts {
  readonly warehouse: Warehouse;
  readonly wakeStar: Wake;
  readonly sleep: Sleep;
  readonly now: () => number;
  readonly newId: NewId;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** What was found, or taken out, in one table. */
export interface Erased extends ErasureCounts {
  readonly table: string;
  readonly matched: readonly string[];
  /** Rows that the source had not deleted: what it still has comes again with its next change, repair or resync. */
  readonly live: number;
}

const PASSES = 5;
const ATTEMPTS = 8;
const POLL_MS = 1_000;
/** The safety net wakes the star every minute, whatever becomes of our own wake-up. */
const STAR_PATIENCE_MS = 600_000;

const NOTHING: ErasureCounts = { mirror: 0, history: 0, landed: 0, quarantined: 0 };
const total = (counts: ErasureCounts): number => counts.mirror + counts.history + counts.landed + counts.quarantined;
const sum = (a: ErasureCounts, b: ErasureCounts): ErasureCounts => ({
  mirror: a.mirror + b.mirror,
  history: a.history + b.history,
  landed: a.landed + b.landed,
  quarantined: a.quarantined + b.quarantined,
});

/** Counts the rows and records of a person in one table; changes nothing. */
export async function findRows(sought: Sought, ports: ErasePorts): Promise<Erased> {
  const { version } = await boundOf(sought, ports);
  return { ...(await found(sought, version, ports)), ...labels(sought) };
}

/**
 * Takes the rows of a person out of one table everywhere: warehouse, landed objects, quarantine, star.
 *
 * Safe to repeat, and to begin again after a crash: each pass takes out what it finds, ops.erasure says from the start
 * what is to be kept out, and the erasure is finished only when a pass over everything has found nothing.
 */
export async function eraseEverywhere(sought: Sought, starred: boolean, ports: ErasePorts): Promise<Erased> {
  const { version, unfinished } = await boundOf(sought, ports);
  const first = await found(sought, version, ports);
  const result = { ...labels(sought), live: first.live };
  if (total(first) === 0 && unfinished === null) return { ...NOTHING, ...result };
  const id = ports.newId().replaceAll("-", "");
  await run([beginErasure(sought, id, version)], ports);
  let done: ErasureCounts = NOTHING;
  for (let pass = 1; pass <= PASSES; pass++) {
    const counts = await erasePass(sought, version, starred, ports);
    done = sum(done, counts);
    await run([recordErasure(id, counts, false)], ports);
    if (total(await found(sought, version, ports)) > 0) continue;
    const closing = [id, ...(unfinished === null ? [] : [unfinished])];
    await run(
      closing.map((each) => recordErasure(each, NOTHING, true)),
      ports,
    );
    return { ...done, ...result };
  }
  throw new CommandError(
    `${qualifiedName(sought.table)}: rows came again in each of ${PASSES} passes; is a replay or a snapshot under way? Run the command again when it is over.`,
  );
}

const labels = ({ table, matched }: Sought): Pick<Erased, "table" | "matched"> => ({
  table: qualifiedName(table),
  matched: [...matched],
});

/** Up to which version the rows go: all that the warehouse has of them, or what an earlier run has named. */
async function boundOf(
  sought: Sought,
  { warehouse }: ErasePorts,
): Promise<{ readonly version: string; readonly unfinished: string | null }> {
  const [newest] = await warehouse.query(newestVersions(sought));
  const [earlier] = await warehouse.query(earlierErasures(sought));
  const own = textIn(newest, "own");
  const named = textIn(earlier, "up_to");
  // Known to no table: they may still lie in quarantine or in files, written before the newest version there is.
  const version = own ?? (named === null ? (textIn(newest, "newest") ?? "") : "");
  return { version: named !== null && named > version ? named : version, unfinished: textIn(earlier, "unfinished") };
}

async function found(sought: Sought, version: string, ports: ErasePorts): Promise<ErasureCounts & { live: number }> {
  const [row] = await ports.warehouse.query(matchedRows(sought, version));
  const objects = await eraseObjects(sought, version, ports, true);
  const count = (name: string): number => Number(row?.[name] ?? 0);
  return { live: count("live"), mirror: count("mirrored"), history: count("kept"), ...objects };
}

async function erasePass(sought: Sought, version: string, starred: boolean, ports: ErasePorts): Promise<ErasureCounts> {
  const batch = ports.newId().replaceAll("-", "");
  const { statements, mirror, history } = eraseRows(sought, version, batch, starred);
  const rows = await run(statements, ports);
  const objects = await eraseObjects(sought, version, ports, false);
  if (starred) await untilInStar(sought, batch, ports);
  const removed = (at: number): number => Math.max(0, rows[at] ?? 0);
  return { mirror: removed(mirror), history: removed(history), ...objects };
}

/** Waits until dimensions and facts are without the rows, then takes out what only the rows had put into the star. */
async function untilInStar(sought: Sought, batch: string, ports: ErasePorts): Promise<void> {
  const since = ports.now();
  await ports.wakeStar({ table: qualifiedName(sought.table), slot: since });
  for (;;) {
    const [row] = await ports.warehouse.query(isBuilt(batch));
    if (Number(row?.["built"] ?? 0) > 0) break;
    if (ports.now() - since > STAR_PATIENCE_MS) {
      throw new CommandError(
        `The rows are out of mirror, history and files, but the star was not built for ${STAR_PATIENCE_MS / 60_000} minutes: see \`millrace status\`, then run the command again.`,
      );
    }
    await ports.sleep(POLL_MS);
  }
  const orphans = removeOrphans(sought.table);
  if (orphans.length > 0) await run(orphans, ports);
}

/** A conflict with a load or a build is tried again, under a token of its own. @returns rows changed by each statement */
async function run(statements: readonly string[], ports: ErasePorts): Promise<readonly number[]> {
  const settings = { attempts: ATTEMPTS, sleep: ports.sleep, random: ports.random };
  return retrying(async () => (await ports.warehouse.transaction(statements, ports.newId())).rows, settings);
}

function textIn(row: WarehouseRow | undefined, name: string): string | null {
  const value = row?.[name];
  return typeof value === "string" ? value : null;
}
