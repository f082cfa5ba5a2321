import type { AnyTable } from "../../../schemas/model/table.ts";
import type { Comparison } from "../compare/comparison.ts";
import type { StarFigures } from "../compare/figures.ts";

/** One step of the way: what it took and how many rows it left. */
export interface Stage {
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
}

/** Seconds from commit at the source to visible in mart, over the changed rows. */
export interface Freshness {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What `--json` prints, also on failure; comparisons may then be missing. */
export interface Report {
  readonly ok: boolean;
  readonly seconds: number;
  readonly stages: readonly Stage[];
  /** null when nothing was changed. */
  readonly freshness: Freshness | null;
  readonly comparisons: readonly Comparison[];
  /** null when the star was not reached. */
  readonly star: StarFigures | null;
  /** Only when not ok. */
  readonly error?: string;
}

/** What a run has found out so far; a failure keeps what came before it. */
export interface Findings {
  readonly stages: Stage[];
  freshness: Freshness | null;
  readonly comparisons: Comparison[];
  star: StarFigures | null;
  /** Beside the JSON, for a person: the star's top lines and the first differences. */
  topLines: readonly (readonly [string, string])[];
  readonly differences: string[];
  readonly notes: string[];
  /** What is captured of this source. */
  tables: readonly AnyTable[];
}

export const noFindings = (): Findings => ({
  stages: [],
  freshness: null,
  comparisons: [],
  star: null,
  topLines: [],
  differences: [],
  notes: [],
  tables: [],
});

/** @param failure what ended the run early, if anything did */
export function reportOf(findings: Findings, seconds: number, failure?: string): Report {
  const unequal = findings.comparisons.filter((comparison) => !comparison.equal).map(({ name }) => name);
  const error =
    failure ??
    (unequal.length > 0
      ? `${unequal.length} of ${findings.comparisons.length} comparisons differ: ${unequal.slice(0, 5).join(", ")}`
      : findings.comparisons.length === 0
        ? "nothing was compared"
        : undefined);
  return {
    ok: error === undefined,
    seconds: round(seconds),
    stages: findings.stages.map((stage) => ({ ...stage, seconds: round(stage.seconds) })),
    freshness: findings.freshness,
    comparisons: findings.comparisons,
    star: findings.star,
    ...(error === undefined ? {} : { error }),
  };
}

/** Milliseconds are as fine as any of this is measured. */
export const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** @param lags seconds, with how many rows have each. @returns null when there are none */
export function freshnessOf(lags: readonly { readonly seconds: number; readonly rows: number }[]): Freshness | null {
  const sorted = lags.filter(({ rows }) => rows > 0).sort((a, b) => a.seconds - b.seconds);
  const total = sorted.reduce((sum, { rows }) => sum + rows, 0);
  if (total === 0) return null;
  const at = (share: number): number => {
    let seen = 0;
    for (const { seconds, rows } of sorted) {
      seen += rows;
      // Nearest rank: the smallest value that at least this share of the rows is not above.
      if (seen >= Math.ceil(share * total)) return round(seconds);
    }
    return round(sorted.at(-1)?.seconds ?? 0);
  };
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
