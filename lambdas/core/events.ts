import type { Anchor } from "./capture-ports.ts";
import type { CopyWait } from "./copy-wait.ts";

/**
 * What the project's own functions are invoked with, besides the events of AWS services. The state machine of the
 * initial copy and of resyncs passes these on (lib/constructs): keep outputs far below its 256 KB.
 */
export type SnapshotRequest =
  | { readonly action: "plan"; readonly kind: "copy" | "resync"; readonly tables: readonly string[] | null }
  | { readonly action: "chunk"; readonly snapshotId: string; readonly chunk: number }
  | { readonly action: "finish"; readonly snapshotId: string };

export interface SnapshotPlanned {
  readonly snapshotId: string;
  /** One item per chunk for the Map state. */
  readonly chunks: readonly { readonly snapshotId: string; readonly chunk: number }[];
}

/** `done` false: the run's time was used up; invoke again with the same input, it resumes. */
export interface ChunkOutcome {
  readonly snapshotId: string;
  readonly chunk: number;
  readonly done: boolean;
  readonly rows: number;
}

export interface SnapshotFinished {
  readonly snapshotId: string;
  readonly rows: number;
}

export type LagRequest =
  /** Every minute by schedule: publishes metrics. */
  | { readonly action: "measure" }
  /** For `millrace status`: positions of each stage and `caughtUp`. */
  | { readonly action: "status"; readonly mark?: StatusMark }
  /** For the state machine: is everything the snapshot published loaded? */
  | { readonly action: "loaded"; readonly snapshotId: string }
  /** Closing report of a copy, also written to `state/snapshots/<id>/report.json`. */
  | { readonly action: "report"; readonly snapshotId: string };

/** A source position to be caught up with: taken at the first `status` call and passed back to the following ones. */
export interface StatusMark {
  readonly file: string;
  readonly pos: number;
  /**
   * Once capture has passed the place: the end offsets of each topic at that moment. What the later stages must have
   * taken stays fixed from then on, so that waiting ends though the source goes on writing.
   */
  readonly ends?: Readonly<Record<string, readonly number[]>>;
  /** Whose log the place is in. @default - not compared */
  readonly server?: string;
}

export interface TableStatus {
  readonly table: string;
  /** Sum over partitions of the topic's end offsets. */
  readonly published: number;
  /** Records covered by objects, joined up from the start of what is retained. */
  readonly landed: number;
  readonly loaded: number;
  /** Records whose effect is visible in mart (equals loaded for tables no star reads). */
  readonly starred: number;
  readonly lastError: string | null;
  /** Why its loads stand still; null when they do not. */
  readonly held: string | null;
  /** Why it waits to be copied again; empty when it does not. */
  readonly resync: readonly string[];
  /** Foreign keys that change it at the source without a word in the log: compared and repaired by schedule. */
  readonly cascades: readonly string[];
}

/** Answer to `loaded`. */
export interface LoadProgress {
  readonly loaded: boolean;
  /** Records of the snapshot's topics still to be loaded. */
  readonly missing: number;
}

/** Answer to `report`. */
export interface SnapshotReport {
  readonly snapshotId: string;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly rows: number;
}

export interface PipelineStatus {
  /** Taken at this call, or the one passed in. */
  readonly mark: StatusMark;
  readonly capture: {
    readonly file: string;
    readonly pos: number;
    readonly lagSeconds: number | null;
    /** How far the source itself is behind, where it is a replica and says so. */
    readonly sourceLagSeconds: number | null;
    /** Why capture cannot go on from its place; null: it can. */
    readonly lost: string | null;
    /** What it cannot read behind its place; null: it read all there is. */
    readonly stuck: string | null;
    readonly savedAt: string;
    /** Where the newest snapshot's rows stand in the log, and how the source gave it; null before the first. */
    readonly anchor: Pick<Anchor, "facility" | "file" | "pos"> | null;
  } | null;
  /** What copies wait for at the source, and since when; null: none waits. */
  readonly copyWaits: Pick<CopyWait, "table" | "reason" | "since"> | null;
  readonly tables: readonly TableStatus[];
  /** Everything committed at the source when the mark was taken is visible in mart. */
  readonly caughtUp: boolean;
}

/** Input of build-star besides its queue: everything from history, as after a copy. */
export interface StarRequest {
  readonly action: "all";
}

export type ReconcileRequest =
  /** By schedule: all tables, from start to end; goes on in an invocation of its own when the time is used up. */
  | { readonly action: "all"; readonly runId?: string }
  /** By schedule: compares and repairs the tables that foreign keys change without a word in the log. */
  | { readonly action: "cascades" }
  | { readonly action: "start"; readonly tables: readonly string[] | null }
  /** Goes on with a run for so many seconds at most; repeat until `done`. */
  | { readonly action: "continue"; readonly runId: string; readonly seconds?: number }
  /** Repairs the differences that a run has found (the newest, unless one is named); then `continue` until `done`. */
  | { readonly action: "repair"; readonly runId: string | null; readonly tables: readonly string[] | null };

export type DifferenceKind = "changed" | "missing" | "surplus";

export interface ReconciledTable {
  readonly table: string;
  /**
   * compare: checksums per range; narrow: rows of ranges that differ; confirm: waiting until the mirror has passed the
   * place at which they were read; publish and settle: a repair on its way.
   */
  readonly phase: "compare" | "narrow" | "confirm" | "publish" | "settle" | "done";
  /** null before the end; unconfirmed: the mirror did not get as far as the source was read. */
  readonly verdict: "equal" | "different" | "unconfirmed" | null;
  /** Rows read at the source for checksums, and about how many there are. */
  readonly rows: number;
  readonly expected: number;
  /** Ranges whose rows were looked at one by one. */
  readonly ranges: number;
  readonly changed: number;
  readonly missing: number;
  readonly surplus: number;
  readonly repaired: number;
  /** Names of the first rows that differ: the key's columns as text, or `_key`. */
  readonly examples: readonly { readonly kind: DifferenceKind; readonly row: string }[];
  readonly message: string | null;
}

/** Answer to every ReconcileRequest. */
export interface ReconcileReport {
  readonly runId: string;
  readonly done: boolean;
  readonly tables: readonly ReconciledTable[];
  /** Tables left out, each with a sentence. */
  readonly skipped: readonly { readonly table: string; readonly reason: string }[];
}

/** A record by its place, and why it is (still) in quarantine. */
export interface RefusedPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
}

/** What land-batch answers when records of quarantine are sent back: keys of landed objects, and what still fails. */
export interface RedriveOutcome {
  readonly landed: readonly string[];
  readonly refused: readonly RefusedPlace[];
}

/** What load-warehouse answers when landed objects are loaded once more. */
export interface ReplayOutcome {
  /** `held`: the table is paused, nothing was loaded. */
  readonly state: "done" | "held";
  readonly rows: number;
  /** Lines that COPY refused; they are in quarantine. */
  readonly refused: readonly RefusedPlace[];
  /** Objects that are not loaded for the first time yet: the loads that come take them. */
  readonly ahead: readonly string[];
}
