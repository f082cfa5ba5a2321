import type { ByteWriter } from "../core/byte-writer.ts";

const ZERO = 0x30;
const POINT = 0x2e;
const BLANK = 0x20;
const DASH = 0x2d;
const Z = 0x5a;
const DATE_LENGTH = 10;
const MOMENT_LENGTH = 19;
const FRACTION_DIGITS = 6;

const digits = (from: Buffer, start: number, n: number): number => {
  let value = 0;
  for (let i = start; i < start + n; i += 1) value = value * 10 + ((from[i] as number) - ZERO);
  return value;
};

/** Whether a calendar has the day at `start`: zero, partial and impossible ones are kept as text by the warehouse. */
function isRealDay(from: Buffer, start: number): boolean {
  const year = digits(from, start, 4);
  const month = digits(from, start + 5, 2);
  const day = digits(from, start + 8, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

/** `YYYY-MM-DD`, real or not. */
export function dateCell(out: ByteWriter, from: Buffer, start: number, end: number): void {
  out.slice(from, start + 1, end - 1);
}

/** `YYYY-MM-DD hh:mm:ss.ffffff`; a moment that the warehouse cannot hold, as its record has it. */
export function momentCell(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const first = start + 1;
  const last = end - 1;
  if (!isRealDay(from, first)) {
    out.slice(from, first, last);
    return;
  }
  out.ensure(MOMENT_LENGTH + 1 + FRACTION_DIGITS);
  const { buf } = out;
  let to = out.pos;
  for (let i = 0; i < MOMENT_LENGTH; i += 1) buf[to++] = from[first + i] as number;
  buf[out.pos + DATE_LENGTH] = BLANK;
  buf[to++] = POINT;
  const stop = from[last - 1] === Z ? last - 1 : last;
  const fraction = first + MOMENT_LENGTH + 1;
  for (let at = fraction; at < fraction + FRACTION_DIGITS; at += 1) buf[to++] = at < stop ? (from[at] as number) : ZERO;
  out.pos = to;
}

/** `[-]hhh:mm:ss[.f]` as microseconds. */
export function timeCell(out: ByteWriter, from: Buffer, start: number, end: number): void {
  const negative = from[start + 1] === DASH;
  const [clock = "", fraction = ""] = from.toString("latin1", negative ? start + 2 : start + 1, end - 1).split(".");
  const [hours, minutes, seconds] = clock.split(":").map(Number);
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const micros = whole * 1_000_000 + Number(fraction.padEnd(FRACTION_DIGITS, "0"));
  out.ascii(micros === 0 ? "0" : `${negative ? "-" : ""}${micros}`);
}
