import { manifestText } from "../../schemas/sql/copy.ts";
import type { LoadPlan } from "../../schemas/sql/load-transaction.ts";
import { COPY_STATEMENT, loadTransaction, POSITION_STATEMENT } from "../../schemas/sql/load-transaction.ts";
import { TransientError } from "../core/errors.ts";
import type { NewId, Sleep } from "../core/ports.ts";
import type { RefusedLine } from "../core/quarantine.ts";
import { backoff } from "../core/retrying.ts";
import { RolledBackError, WarehouseError } from "../core/warehouse-error.ts";
import type { LoadBatch } from "./load-batch.ts";
import type { RefusalPorts } from "./refused-lines.ts";
import { withoutRefusedLines } from "./refused-lines.ts";
import type { PlanContext, SourceFile } from "./to-load-plan.ts";
import { batchId, filesWithRows, landedFiles, manifestKey, toLoadPlan } from "./to-load-plan.ts";

export interface LoadOncePorts extends RefusalPorts {
  readonly sleep: Sleep;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly newId: NewId;
}

/** Tries of one transaction before the run gives up; the next one goes on where this stopped. */
const ATTEMPTS = 8;
/** Tells one call's tokens and manifests from another's; a token may have 64 characters. */
const CALL_DIGITS = 8;

/** `moved`: another run has loaded this meanwhile; plan again. */
export type LoadOutcome =
  | { readonly kind: "loaded"; readonly plan: LoadPlan; readonly refused: readonly RefusedLine[] }
  | { readonly kind: "moved" };

/**
 * Loads one batch: manifest, then the transaction. The ClientToken is made of the batch, this call and the attempt. When
 * the outcome is not known (time-out, throttling) the same token asks the same statement again; when it is known to have
 * failed, the next attempt has its own. Lines that COPY refuses go to quarantine and the rest is loaded.
 *
 * Safe to repeat because the transaction locks the ledger and asserts its position: what a run that died has left
 * running ends first, and this one plans again. Tokens of the batch alone would answer with that run's failures for
 * eight hours, long after their cause is gone.
 */
export async function loadOnce(batch: LoadBatch, context: PlanContext, ports: LoadOncePorts): Promise<LoadOutcome> {
  const id = `${batchId(batch)}-${ports.newId().slice(0, CALL_DIGITS)}`;
  let files = landedFiles(batch);
  let attempt = 0;
  for (let tries = 1; ; tries++) {
    const plan = toLoadPlan(batch, files, await putManifest(files, id, attempt, context, ports), context);
    try {
      await ports.warehouse.transaction(loadTransaction(plan), `${id}-${attempt}`);
      return { kind: "loaded", plan, refused: files.flatMap(({ lines }) => lines) };
    } catch (error) {
      if (hasMoved(error)) return { kind: "moved" };
      if (tries >= ATTEMPTS) throw error;
      if (isRefusedCopy(error) && hasManifest(plan)) {
        const cleaned = await withoutRefusedLines(plan, filesWithRows(files), `${id}-${attempt}-check`, ports);
        if (cleaned === null) throw error;
        const replaced = new Map(cleaned.map((file) => [file.object.key, file]));
        files = files.map((file) => replaced.get(file.object.key) ?? file);
        attempt += 1;
      } else if (error instanceof RolledBackError) {
        attempt += 1;
        await ports.sleep(backoff(tries, ports.random()));
      } else if (error instanceof TransientError) {
        await ports.sleep(backoff(tries, ports.random()));
      } else throw error;
    }
  }
}

async function putManifest(
  files: readonly SourceFile[],
  id: string,
  attempt: number,
  context: PlanContext,
  { landing }: LoadOncePorts,
): Promise<string | null> {
  const keys = filesWithRows(files).map(({ key }) => key);
  if (keys.length === 0) return null;
  const key = manifestKey(context.file, id, attempt);
  await landing.put(key, Buffer.from(manifestText(landing.bucket, keys)), "application/json");
  return `s3://${landing.bucket}/${key}`;
}

const hasManifest = (plan: LoadPlan): plan is LoadPlan & { readonly manifest: string } => plan.manifest !== null;

/** Redshift's own text for a failed cast names only the first letter: the statement's place has to do. */
const hasMoved = (error: unknown): boolean =>
  error instanceof WarehouseError &&
  error.statement === POSITION_STATEMENT &&
  !/does not exist|denied/i.test(error.message);
const isRefusedCopy = (error: unknown): boolean =>
  error instanceof WarehouseError && error.statement === COPY_STATEMENT;
