import type { FileDefinition } from "../../hash.ts";
import type { AnyTable } from "../../model/table.ts";

/** Offsets of one partition that a load covers, joined up. */
export interface LoadRange {
  readonly partition: number;
  /** The partition's position before the load: the first offset not yet loaded. */
  readonly first: number;
  readonly last: number;
  /** Rows that reach the warehouse. */
  readonly rows: number;
  /** Rows that COPY refused and that are in quarantine. */
  readonly quarantined: number;
}

/** Everything a load transaction is made of: the same plan makes the same statements. */
export interface LoadPlan {
  readonly file: FileDefinition;
  /** Hash of `file`. */
  readonly definition: string;
  readonly topic: string;
  /** Id of the load. */
  readonly batch: string;
  readonly ranges: readonly LoadRange[];
  /** `s3://bucket/key` of the manifest; null when the ranges hold no row at all. */
  readonly manifest: string | null;
  /** Rows in the manifest's files; with the quarantined ones, what the files had when they landed. */
  readonly rows: number;
  readonly quarantined: number;
  /** ARN of the role that COPY reads with. */
  readonly role: string;
  /** Whether a star reads the table, so that touched keys are kept. */
  readonly starred: boolean;
  /** Column lists by which rows of the table were erased (ops.erasure): what comes again of them is kept out. @default - none */
  readonly erasedBy?: readonly string[];
  /**
   * The table as it is defined now: the files lie below the ledger and are loaded once more, or late, and the ledger
   * stays. @default - the ranges are what comes next
   */
  readonly replayInto?: AnyTable;
}

/** Temporary tables of a load; a transaction has its own. */
export const STAGE = "load_stage";
export const REPEATED = "load_repeated";
export const RANK = "load_rank";
export const KNOWN = "load_known";
export const FLOOR = "load_floor";
export const FALLEN = "load_fallen";
/** Identity of a staged row: files may overlap, so that partition and offset are not one. */
export const ROW = "_row";
