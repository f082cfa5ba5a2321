/** What a comparison has found; each row or cell counts once a check. */
export interface Findings {
  /** Rows and versions that should be there and are not. */
  readonly lost: number;
  /** Keys, versions and facts that are there more than once. */
  readonly doubled: number;
  /** Cells that differ, rows that should be gone, versions that went back, intervals and ledgers that do not join up. */
  readonly bent: number;
  readonly rows: number;
  readonly details: readonly string[];
}

/** Details of one kind that are worth reading. */
const MOST_DETAILS = 10;

/** Adds up while a check looks. */
export class Tally {
  lost = 0;
  doubled = 0;
  bent = 0;
  rows = 0;
  readonly details: string[] = [];

  count(what: "lost" | "doubled" | "bent", detail: string, number = 1): void {
    this[what] += number;
    if (this.details.filter((each) => each.startsWith(what)).length < MOST_DETAILS)
      this.details.push(`${what}: ${detail}`);
  }

  add(found: Findings): void {
    this.lost += found.lost;
    this.doubled += found.doubled;
    this.bent += found.bent;
    this.rows += found.rows;
    this.details.push(...found.details);
  }

  get ok(): boolean {
    return this.lost + this.doubled + this.bent === 0;
  }
}
