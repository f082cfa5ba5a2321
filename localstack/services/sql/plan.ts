import type { CopyOptions } from "./copy/options.ts";
import type { ObjectName } from "./identifiers.ts";
import type { UnloadOptions } from "./unload/options.ts";

/**
 * Where a statement may stand. `alone` cannot run inside a transaction block in Redshift, `commits` would commit the
 * transaction around it; both run by themselves only.
 */
export type Standing = "anywhere" | "alone" | "commits";

interface Common {
  /** As Redshift names the statement: SELECT, INSERT, COPY... */
  readonly tag: string;
  readonly standing: Standing;
}

/** Rows come back. */
export interface QueryPlan extends Common {
  readonly kind: "query";
  readonly sql: string;
}

/** Where bare literals go: columns by name, or by their place in the table, from 0. */
export interface LiteralTargets {
  readonly table: ObjectName;
  readonly columns: readonly (string | number)[];
}

/** One or more PostgreSQL statements; the row count is that of the statement at `counted`, or -1. */
export interface CommandPlan extends Common {
  readonly kind: "command";
  readonly sqls: readonly string[];
  readonly counted: number | null;
  /** Columns that get a bare literal, which a SUPER or VARBYTE column would read otherwise than Redshift does. */
  readonly literals?: LiteralTargets;
  /** Relations that have to be tables, as MERGE's source. */
  readonly tablesOnly?: readonly ObjectName[];
}

/** Accepted, and without effect here (localstack/README.md lists them). */
export interface AcceptedPlan extends Common {
  readonly kind: "accepted";
}

export interface CopyPlan extends Common {
  readonly kind: "copy";
  readonly table: ObjectName;
  readonly columns: readonly string[] | null;
  readonly options: CopyOptions;
}

export interface UnloadPlan extends Common {
  readonly kind: "unload";
  /** The query, translated. */
  readonly sql: string;
  readonly options: UnloadOptions;
}

/** What is left to do for one Redshift statement. */
export type Plan = QueryPlan | CommandPlan | AcceptedPlan | CopyPlan | UnloadPlan;

export function command(tag: string, sqls: readonly string[], extra: Partial<CommandPlan> = {}): CommandPlan {
  return { kind: "command", tag, standing: "anywhere", sqls, counted: null, ...extra };
}

export function accepted(tag: string): AcceptedPlan {
  return { kind: "accepted", tag, standing: "anywhere" };
}
