import type { Cursor } from "./cursor.ts";
import { SqlError, UnsupportedSqlError } from "./errors.ts";

/** Names and abbreviations of date parts (Developer Guide, "Date parts for date or timestamp functions"). */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  millennium: ["millennium", "millennia", "mil", "mils"],
  century: ["century", "centuries", "c", "cent", "cents"],
  decade: ["decade", "decades", "dec", "decs"],
  epoch: ["epoch"],
  year: ["year", "years", "y", "yr", "yrs"],
  quarter: ["quarter", "quarters", "qtr", "qtrs"],
  month: ["month", "months", "mon", "mons"],
  week: ["week", "weeks", "w"],
  dow: ["dayofweek", "dow", "dw", "weekday"],
  doy: ["dayofyear", "doy", "dy", "yearday"],
  day: ["day", "days", "d"],
  hour: ["hour", "hours", "h", "hr", "hrs"],
  minute: ["minute", "minutes", "m", "min", "mins"],
  second: ["second", "seconds", "s", "sec", "secs"],
  millisecond: ["millisecond", "milliseconds", "ms", "msec", "msecs", "msecond", "mseconds", "millisec", "millisecs"],
  microsecond: ["microsecond", "microseconds", "us", "microsec", "microsecs", "usecond", "useconds", "usec", "usecs"],
};
const BY_NAME = new Map(Object.entries(PARTS).flatMap(([part, names]) => names.map((name) => [name, part] as const)));

const UNITS = ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"];
/** Which parts stand in which function; PostgreSQL reads milliseconds of a time otherwise, so they are refused there. */
const ALLOWED = {
  dateadd: [...UNITS, "century", "decade", "millennium"],
  // Where a week begins in DATEDIFF is not documented.
  datediff: UNITS.filter((unit) => unit !== "week"),
  date_trunc: [...UNITS, "century", "decade", "millennium"],
  date_part: ["epoch", "dow", "doy", ...UNITS.slice(0, 8)],
} as const;

/** Reads a date part, bare or quoted. @returns its full name @throws SqlError when the function has no such part */
export function parseDatePart(c: Cursor, usage: keyof typeof ALLOWED): string {
  const token = c.next();
  const part = token.kind === "word" || token.kind === "string" ? BY_NAME.get(token.value.toLowerCase()) : undefined;
  if (part === undefined) throw new SqlError(`invalid datepart ${token.raw} in ${usage.toUpperCase()}`);
  if (!ALLOWED[usage].includes(part)) throw new UnsupportedSqlError(`datepart ${part} in ${usage.toUpperCase()}`);
  return part;
}
