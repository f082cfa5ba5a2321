/** Keys under `state/` of the landing bucket: the pipeline's own small facts, each with one writer. */
export const checkpointKey = (sourceName: string): string => `state/checkpoint/${sourceName}.json`;
/** See captured.ts. */
export const capturedKey = (sourceName: string): string => `state/captured/${sourceName}.json`;
export const snapshotPrefix = (snapshotId: string): string => `state/snapshots/${snapshotId}/`;
export const snapshotPlanKey = (snapshotId: string): string => `${snapshotPrefix(snapshotId)}plan.json`;
export const snapshotChunkKey = (snapshotId: string, chunk: number): string =>
  `${snapshotPrefix(snapshotId)}chunk-${String(chunk).padStart(6, "0")}.json`;
export const snapshotFinishKey = (snapshotId: string): string => `${snapshotPrefix(snapshotId)}finish.json`;
export const snapshotReportKey = (snapshotId: string): string => `${snapshotPrefix(snapshotId)}report.json`;
/** Anchor of the newest snapshot of a source. */
export const newestAnchorKey = (sourceName: string): string => `state/snapshots/newest-anchor-${sourceName}.json`;
/** What copies of a source wait for. */
export const copyWaitKey = (sourceName: string): string => `state/snapshots/waits-${sourceName}.json`;
/** Up to where a finished resync stands for all records of a topic. */
export const resyncedKey = (topic: string): string => `state/resyncs/${topic}.json`;
export const reconcilePlanKey = (runId: string): string => `state/reconcile/${runId}/plan.json`;
export const reconcileTableKey = (runId: string, table: string): string => `state/reconcile/${runId}/${table}.json`;
/** Names the newest run of a source. */
export const reconcileLatestKey = (sourceName: string): string => `state/reconcile/latest-${sourceName}.json`;
/** Names the newest run over the tables that foreign keys change in silence. */
export const reconcileCascadesKey = (sourceName: string): string => `state/reconcile/cascades-${sourceName}.json`;
/** A definition as it was when objects with its hash were written: lets the loader read older objects. */
export const definitionKey = (hash: string): string => `definitions/${hash}.json`;
/** What is known of single tables, see table-facts.ts. */
export const TABLES_PREFIX = "state/tables/";
export const plannedKey = (table: string): string => `${TABLES_PREFIX}${table}/planned.json`;
export const copiedKey = (table: string): string => `${TABLES_PREFIX}${table}/copied.json`;
export const holdKey = (table: string): string => `${TABLES_PREFIX}${table}/hold.json`;
/** See cascades.ts. */
export const cascadesKey = (table: string): string => `${TABLES_PREFIX}${table}/cascades.json`;
/** See left-out.ts. */
export const leftOutKey = (table: string): string => `${TABLES_PREFIX}${table}/left-out.json`;
export const wishKey = (table: string, id: string): string => `${TABLES_PREFIX}${table}/wishes/${id}.json`;
