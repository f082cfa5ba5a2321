/** One figure of `npm run bench`: throughput as a ratio against a floor or a peer measured in the same run. */
export interface BenchResult {
  readonly name: string;
  /** Units of work a second that we reach. */
  readonly rate: number;
  readonly unit: string;
  /** What it is compared with, in the same run on the same data; null where only absolute figures make sense. */
  readonly against: { readonly name: string; readonly rate: number } | null;
  /** rate / against.rate. */
  readonly ratio: number | null;
  /** What was asked of the ratio. */
  readonly asked: number | null;
  /** Peak resident memory of the process under test, MB. */
  readonly peakMb: number | null;
  /** Whatever else is worth knowing: sizes, percentiles, limits. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Where a bench may work and how big it should be. */
export interface BenchContext {
  /** A folder of its own, removed afterwards. */
  readonly dir: string;
  /** 1 is the size of the published figures; smaller is a quick look. */
  readonly scale: number;
  readonly log: (line: string) => void;
}

export type Bench = (context: BenchContext) => Promise<readonly BenchResult[]>;

/** Fills in the ratio. */
export function compared(result: Omit<BenchResult, "ratio">): BenchResult {
  return { ...result, ratio: result.against === null ? null : result.rate / result.against.rate };
}
