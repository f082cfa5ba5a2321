/** One execution of the copy's state machine. */
export interface CopyRun {
  readonly name: string;
  readonly state: "running" | "succeeded" | "failed";
  /** Milliseconds since 1970; null while it runs. */
  readonly endedAt: number | null;
}

export interface CopyRuns {
  /** The newest ones, newest first. */
  recent(): Promise<readonly CopyRun[]>;
  /** A resync of these tables, or of all. Starting the same name twice is one execution. */
  start(name: string, tables: readonly string[] | null): Promise<void>;
}
