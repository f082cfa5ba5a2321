import { manifestText } from "../../schemas/sql/copy.ts";
import type { LoadPlan } from "../../schemas/sql/load-transaction.ts";
import { COPY_STATEMENT, loadTransaction, POSITION_STATEMENT } from "../../schemas/sql/load-transaction.ts";
import { TransientError } from "../core/errors.ts";
import type { Sleep } from "../core/ports.ts";
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
}

/** Tries of one transaction before the run gives up; the next one goes on where this stopped. */
const ATTEMPTS = 8;

/** `moved`: another run has loaded this meanwhile; plan again. */
export type LoadOutcome = { readonly kind: "loaded"; readonly plan: LoadPlan } | { readonly kind: "moved" };

/**
 * Loads one batch: manifest, then the transaction. The ClientToken is made of the batch and the attempt. When the outcome is
 * not known (time-out, throttling) the same token asks the same statement again; when it is known to have failed, the
 * next attempt has its own. Lines that COPY refuses go to quarantine and the rest is loaded.
 *
 * Safe to repeat because the transaction asserts the ledger's position, and the same batch makes the same tokens: a run
 * that died is asked about, not doubled.
 * @param firstAttempt above 0 when this batch's tokens answer with loads that the ledger does not have
 */
export async function loadOnce(
  batch: LoadBatch,
  context: PlanContext,
  ports: LoadOncePorts,
  firstAttempt = 0,
): Promise<LoadOutcome> {
  const id = batchId(batch, context.erasedBy);
  let files = landedFiles(batch);
  let attempt = firstAttempt;
  for (let tries = 1; ; tries++) {
    const plan = toLoadPlan(batch, files, await putManifest(files, id, attempt, context, ports), context);
    try {
      await ports.warehouse.transaction(loadTransaction(plan), `${id}-${attempt}`);
      return { kind: "loaded", plan };
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
