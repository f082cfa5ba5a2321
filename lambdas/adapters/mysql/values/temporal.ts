import type { ByteWriter } from "../../../core/byte-writer.ts";

const QUOTE = 0x22;
const DASH = 0x2d;
const COLON = 0x3a;

/**
 * Temporal values as JSON strings, written as they are stored: zero, partial and impossible dates keep their digits
 * (docs/TYPES.md), fractions have exactly the digits that the column declares.
 */
export function writeDate(out: ByteWriter, year: number, month: number, day: number): void {
  out.byte(QUOTE);
  dateParts(out, year, month, day);
  out.byte(QUOTE);
}

function dateParts(out: ByteWriter, year: number, month: number, day: number): void {
  out.padded(year, 4);
  out.byte(DASH);
  out.two(month);
  out.byte(DASH);
  out.two(day);
}

function clockParts(out: ByteWriter, hour: number, minute: number, second: number): void {
  out.two(hour);
  out.byte(COLON);
  out.two(minute);
  out.byte(COLON);
  out.two(second);
}

/** `micros` cut to the column's `fsp` digits; the server stores no digits beyond them. */
function fraction(out: ByteWriter, micros: number, fsp: number): void {
  if (fsp === 0) return;
  out.byte(0x2e);
  out.padded(Math.floor(micros / 10 ** (6 - fsp)), fsp);
}

/** A broken-down DATETIME; digits as stored. */
export interface DateTimeParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** `YYYY-MM-DD hh:mm:ss[.f]`, no zone. */
export function writeDateTime(out: ByteWriter, t: DateTimeParts, micros: number, fsp: number): void {
  out.byte(QUOTE);
  dateParts(out, t.year, t.month, t.day);
  out.byte(0x20);
  clockParts(out, t.hour, t.minute, t.second);
  fraction(out, micros, fsp);
  out.byte(QUOTE);
}

const SECONDS_PER_DAY = 86_400;
let cachedDay = Number.NaN;
let cachedYear = 0;
let cachedMonth = 0;
let cachedDate = 0;

/** Civil date of a day number since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms"); no Date made. */
function civil(days: number): void {
  if (days === cachedDay) return;
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  cachedDate = doy - Math.floor((153 * mp + 2) / 5) + 1;
  cachedMonth = mp < 10 ? mp + 3 : mp - 9;
  cachedYear = yoe + era * 400 + (cachedMonth <= 2 ? 1 : 0);
  cachedDay = days;
}

/**
 * TIMESTAMP: `YYYY-MM-DDThh:mm:ss[.f]Z`, UTC. The zero timestamp has no instant and keeps its stored text.
 * @param seconds since 1970
 */
export function writeTimestamp(out: ByteWriter, seconds: number, micros: number, fsp: number): void {
  out.byte(QUOTE);
  if (seconds === 0) {
    out.ascii("0000-00-00 00:00:00");
    fraction(out, micros, fsp);
  } else {
    const days = Math.floor(seconds / SECONDS_PER_DAY);
    const rest = seconds - days * SECONDS_PER_DAY;
    civil(days);
    dateParts(out, cachedYear, cachedMonth, cachedDate);
    out.byte(0x54);
    const hour = Math.floor(rest / 3600);
    const minute = Math.floor((rest - hour * 3600) / 60);
    clockParts(out, hour, minute, rest - hour * 3600 - minute * 60);
    fraction(out, micros, fsp);
    out.byte(0x5a);
  }
  out.byte(QUOTE);
}

/** TIME: `[-]hh:mm:ss[.f]`, hours up to 838. */
export function writeTime(
  out: ByteWriter,
  negative: boolean,
  hour: number,
  minute: number,
  second: number,
  micros: number,
  fsp: number,
): void {
  out.byte(QUOTE);
  if (negative) out.byte(DASH);
  if (hour > 99) out.padded(hour, 3);
  else out.two(hour);
  out.byte(COLON);
  out.two(minute);
  out.byte(COLON);
  out.two(second);
  fraction(out, micros, fsp);
  out.byte(QUOTE);
}
