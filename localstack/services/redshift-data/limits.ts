/** Documented limits of the Data API (Management Guide, "Considerations when calling the Amazon Redshift Data API"). */
export const LIMITS = {
  statements: 40,
  statementBytes: 100 * 1024,
  clientToken: 64,
  statementName: 500,
  waitSeconds: 30,
  resultBytes: 500 * 1024 * 1024,
  rowBytes: 64 * 1024,
  /** Statements that are not over yet. */
  active: 500,
  /** How long a statement, its result and its client token are remembered. */
  keepMilliseconds: 24 * 3_600_000,
  tokenMilliseconds: 8 * 3_600_000,
  /** Ours, not the service's: with more text and results than this, the oldest go before their time... */
  keepBytes: 128 * 1024 * 1024,
  /** ...but none that a run still going, of 15 minutes at most, may ask for again. */
  leastMilliseconds: 20 * 60_000,
  listed: 100,
} as const;
