import type { AnyTable } from "../model/table.ts";
import { dropErased } from "./erasure.ts";
import { appendHistory, collectKnown, collectKnownWithoutKey, collectRepeated, rankRows } from "./load/history.ts";
import { applyFloor, findFloor, recordFloors, sinkBelowFloor } from "./load/floors.ts";
import { advanceLedger, recordBatch } from "./load/ledger.ts";
import { dropStale, keepNewest, mergeMirror, recordTouched } from "./load/mirror.ts";
import type { LoadPlan } from "./load/plan.ts";
import { assertLoaded, REPLAYED, reviveRows, settleKeys } from "./load/replay.ts";
import { assertPosition, assertRows, copyToStage, createStage, lockLedger, restoreEmptyBytes } from "./load/staging.ts";

export type { LoadPlan, LoadRange } from "./load/plan.ts";

/** Where the ledger's position is asserted: a failure there means that another load went ahead. */
export const POSITION_STATEMENT = 1;
/** Where COPY stands among the statements, for telling its refusal from other failures. */
export const COPY_STATEMENT = 3;

/**
 * One load of one table under one file definition: a single transaction that leaves history, mirror, touched keys and
 * ledger (a replay: all but the ledger), or nothing (docs/ARCHITECTURE.md, "The load transaction"). Safe to repeat because the ledger's position is
 * asserted, and because versions decide what is new.
 *
 * On cost: the files' rows are written whole three times (stage, history, mirror) and never sorted; everything that
 * decides between them works on keys and row identities.
 */
export function loadTransaction(plan: LoadPlan): readonly string[] {
  const { table } = plan.file;
  const replayed = plan.replayInto;
  const opening = [lockLedger(table), replayed === undefined ? assertPosition(plan) : assertLoaded(plan)];
  const closing = [...(replayed === undefined ? [advanceLedger(plan)] : []), recordBatch(plan)];
  if (plan.manifest === null) return [...opening, ...closing];
  const erased = (plan.erasedBy ?? []).map((matched) => dropErased(table, matched));
  const staging = [
    createStage(table),
    copyToStage(plan, plan.manifest),
    assertRows(plan),
    ...restoreEmptyBytes(table),
    ...erased,
  ];
  return [...opening, ...staging, ...rowsOf(plan), ...closing];
}

function rowsOf(plan: LoadPlan): readonly string[] {
  if (plan.file.table.key === "none") return appendOnly(plan);
  return plan.replayInto === undefined ? keyed(plan) : again(plan, plan.replayInto);
}

/** Checks the files of a plan whose COPY was refused: every bad line ends up in sys_load_error_detail, nothing in tables. */
export function checkFiles(plan: LoadPlan, manifest: string): readonly string[] {
  return [createStage(plan.file.table), copyToStage(plan, manifest, true)];
}

function appendOnly({ file: { table }, batch }: LoadPlan): readonly string[] {
  return [...collectKnownWithoutKey(table), appendHistory(table, batch), recordFloors(table, batch)];
}

/** As `keyed` up to history; the mirror follows from history, because the files are no whole stretch of the topic. */
function again(plan: LoadPlan, current: AnyTable): readonly string[] {
  const { file, batch, starred } = plan;
  const { table } = file;
  return [
    reviveRows(table),
    ...intoHistory(plan),
    ...applyFloor(current, batch, starred),
    ...settleKeys(current, batch, starred),
    mergeMirror(current, batch, REPLAYED),
  ];
}

function keyed(plan: LoadPlan): readonly string[] {
  const { file, batch, starred } = plan;
  const { table } = file;
  return [
    ...intoHistory(plan),
    ...applyFloor(table, batch, starred),
    ...keepNewest(),
    ...(starred ? [recordTouched(table, batch)] : []),
    dropStale(table),
    ...sinkBelowFloor(table, batch),
    mergeMirror(table, batch),
  ];
}

/** New rows and floors, and which floor counts for the mirror. */
function intoHistory({ file: { table }, batch }: LoadPlan): readonly string[] {
  return [
    collectRepeated(table),
    rankRows(table),
    collectKnown(table),
    appendHistory(table, batch),
    recordFloors(table, batch),
    findFloor(table, batch),
  ];
}
