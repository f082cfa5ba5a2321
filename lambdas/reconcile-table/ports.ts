import type { AnyTable } from "../../schemas/model/table.ts";
import type { EndOffsets, Publisher, SourceDatabase } from "../core/capture-ports.ts";
import type { NewId, Now, ObjectStore, Sleep, Telemetry, Warehouse } from "../core/ports.ts";

export interface ReconcilePorts {
  readonly state: ObjectStore;
  readonly source: SourceDatabase;
  readonly warehouse: Warehouse;
  readonly endOffsets: EndOffsets;
  /** Connected only when there is something to repair; the caller closes it. */
  readonly publisher: () => Promise<Publisher>;
  readonly telemetry: Telemetry;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly newId: NewId;
  /** Milliseconds the run may still take. */
  readonly remaining: () => number;
}

export interface ReconcileSettings {
  readonly sourceName: string;
  readonly definitions: readonly AnyTable[];
  /** Rows of a chunk aimed at: what is read before progress is saved. */
  readonly chunkRows: number;
  /** Rows of a range aimed at: what is looked at one by one when one of them differs. */
  readonly rangeRows: number;
  /** Longest wait until the mirror has passed a place, in seconds. */
  readonly patienceSeconds: number;
}

/** Time kept back to save and answer. */
export const RESERVE_MS = 10_000;
