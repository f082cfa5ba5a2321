import { keepRaw, unfit } from "./value.ts";
import type { CellContext, CellEncoder } from "./value.ts";

const DATE = /^(\d{4})-(\d{2})-(\d{2})Z?$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2}):(\d{2})(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?$/;
const TIME = /^(-)?(\d{1,3}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?Z?$/;
const AS_TEXT = "text is needed (Debezium: time.precision.mode=isostring)";

/** Dates repeat: their verdicts are kept, so many at most. */
const REMEMBERED = 20_000;

/** Whether the calendar has the day. MySQL also stores zero, partial and (by mode) impossible ones, and year 0. */
function isRealDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** `undefined`: no date at all; null: a date that no warehouse holds; else its text. */
function readDate(text: string): string | null | undefined {
  const m = DATE.exec(text);
  if (m === null) return undefined;
  return isRealDate(Number(m[1]), Number(m[2]), Number(m[3])) ? text.slice(0, 10) : null;
}

/** Reads, and remembers what it read. */
function remembering(read: (text: string) => string | null | undefined): typeof read {
  const seen = new Map<string, string | null | undefined>();
  return (text) => {
    const known = seen.get(text);
    if (known !== undefined) return known;
    const result = read(text);
    if (seen.size >= REMEMBERED) seen.clear();
    seen.set(text, result);
    return result;
  };
}

function temporalCell(
  context: CellContext,
  form: string,
  read: (text: string) => string | null | undefined,
): CellEncoder {
  const cached = remembering(read);
  return (value, notes) => {
    if (typeof value !== "string") return unfit(context, value, `${form} as ${AS_TEXT}`);
    const text = cached(value);
    if (text === undefined) return unfit(context, value, `${form} as ${AS_TEXT}`);
    return text ?? keepRaw(context, value, notes);
  };
}

export const dateCell = (context: CellContext): CellEncoder => temporalCell(context, "YYYY-MM-DD", readDate);

/** DATETIME has no zone: Debezium's Z says nothing and is left out. */
export function datetimeCell(context: CellContext): CellEncoder {
  return temporalCell(context, "YYYY-MM-DD HH:MM:SS[.ffffff]", readDatetime);
}

/** TIMESTAMP is UTC; with `+00` the warehouse reads it so whatever its session's zone is. */
export function timestampCell(context: CellContext): CellEncoder {
  return temporalCell(context, "YYYY-MM-DD HH:MM:SS[.ffffff]Z", (text) => {
    const m = MOMENT.exec(text);
    if (m?.[6] !== undefined && m[6] !== "Z" && !/^[+-]00:?00$/.test(m[6])) return undefined;
    const moment = readDatetime(text);
    return typeof moment === "string" ? `${moment}+00` : moment;
  });
}

function readDatetime(text: string): string | null | undefined {
  const m = MOMENT.exec(text);
  if (m === null) return undefined;
  const [, date = "", hour, minute, second, fraction = ""] = m;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const day = readDate(date);
  return typeof day === "string" ? `${day} ${String(hour)}:${String(minute)}:${String(second)}${fraction}` : day;
}

/** TIME is a span of up to 838 hours, possibly negative: microseconds. */
export function timeCell(context: CellContext): CellEncoder {
  return temporalCell(context, "[-]HH:MM:SS[.ffffff]", (text) => {
    const m = TIME.exec(text);
    if (m === null) return undefined;
    const [, sign = "", hours, minutes, seconds, fraction = ""] = m;
    if (Number(hours) > 838 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    const micros = whole * 1_000_000 + Number(fraction.padEnd(6, "0"));
    return micros === 0 ? "0" : `${sign}${micros}`;
  });
}
