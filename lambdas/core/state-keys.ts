/** Keys under `state/` of the landing bucket: the pipeline's own small facts, each with one writer. */
export const checkpointKey = (sourceName: string): string => `state/checkpoint/${sourceName}.json`;
export const snapshotPrefix = (snapshotId: string): string => `state/snapshots/${snapshotId}/`;
export const snapshotPlanKey = (snapshotId: string): string => `${snapshotPrefix(snapshotId)}plan.json`;
export const snapshotChunkKey = (snapshotId: string, chunk: number): string =>
  `${snapshotPrefix(snapshotId)}chunk-${String(chunk).padStart(6, "0")}.json`;
export const snapshotFinishKey = (snapshotId: string): string => `${snapshotPrefix(snapshotId)}finish.json`;
export const snapshotReportKey = (snapshotId: string): string => `${snapshotPrefix(snapshotId)}report.json`;
/** Anchor of the newest snapshot of a source. */
export const newestAnchorKey = (sourceName: string): string => `state/snapshots/newest-anchor-${sourceName}.json`;
export const reconcilePlanKey = (runId: string): string => `state/reconcile/${runId}/plan.json`;
export const reconcileTableKey = (runId: string, table: string): string => `state/reconcile/${runId}/${table}.json`;
/** Names the newest run. */
export const reconcileLatestKey = "state/reconcile/latest.json";
/** A definition as it was when objects with its hash were written: lets the loader read older objects. */
export const definitionKey = (hash: string): string => `definitions/${hash}.json`;
