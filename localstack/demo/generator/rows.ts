/** A value as an INSERT takes it; money and dates are text, so that nothing is rounded on the way. */
export type Cell = string | number | Buffer | null;

export const TABLES = [
  "productlines",
  "products",
  "offices",
  "employees",
  "customers",
  "orders",
  "orderdetails",
  "payments",
] as const;
export type TableName = (typeof TABLES)[number];

/** One generated row: cells in the order of the table's columns (ddl.ts). */
export interface GeneratedRow {
  readonly table: TableName;
  readonly cells: readonly Cell[];
}

/** @returns whole cents as decimal text with two places. */
export function money(cents: number): string {
  const text = String(cents).padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2003, 0, 6);

/** @returns `YYYY-MM-DD` of the day that many days after the shop opened. */
export function dateText(day: number): string {
  return new Date(FIRST_DAY + day * DAY).toISOString().slice(0, 10);
}
