import { CorruptBytesError } from "../mysql/errors.ts";
import type { ByteReader } from "../mysql/values/byte-reader.ts";
import type { ByteWriter } from "../../core/byte-writer.ts";
import { writeDate, writeDateTime, writeTime } from "../mysql/values/temporal.ts";
import { TYPE } from "./column-types.ts";
import { writeDecimalDigits } from "./decimal.ts";

/** Beyond these the server prints an exponent (dtoa.cc, my_gcvt), unless there are digits behind the point. */
const MAX_POINT = 15;
const MIN_POINT = -14;
/** Digits of the fraction of temporal values inside JSON. */
const FSP = 6;

/** A double as the server prints it inside JSON: shortest digits, `.0` for whole numbers, its own rule for exponents. */
export function mysqlDoubleText(value: number): string {
  if (!Number.isFinite(value)) throw new CorruptBytesError(`${value} is no value of JSON`);
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const sign = value < 0 ? "-" : "";
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1;
  const exponential = point > MAX_POINT ? digits.length <= point : point < MIN_POINT;
  if (exponential) return `${sign}${mantissa}e${Number(exponent)}`;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return `${sign}${digits}${"0".repeat(point - digits.length)}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Values that JSON has no type for: decimals as numbers, times as text, everything else as the server marks it. */
export function writeOpaque(out: ByteWriter, field: number, bytes: ByteReader): void {
  switch (field) {
    case TYPE.newdecimal: {
      const precision = bytes.u8();
      const scale = bytes.u8();
      writeDecimalDigits(bytes, out, precision, scale);
      return;
    }
    case TYPE.date:
    case TYPE.datetime:
    case TYPE.timestamp:
      writePackedDateTime(out, field, bytes.u64Big());
      return;
    case TYPE.time:
      writePackedTime(out, BigInt.asIntN(64, bytes.u64Big()));
      return;
    default:
      out.ascii(`"base64:type${field}:${base64Lines(bytes.bytes(bytes.left))}"`);
  }
}

/** 24 bits of microseconds; above them year * 13 + month, day, hour, minute, second (TIME_to_longlong_datetime_packed). */
function writePackedDateTime(out: ByteWriter, field: number, packed: bigint): void {
  const micros = Number(packed & 0xffffffn);
  const whole = Number((packed >> 24n) & 0xffffffffffn);
  const days = Math.floor(whole / 0x20000);
  const clock = whole % 0x20000;
  const months = Math.floor(days / 32);
  const date = { year: Math.floor(months / 13), month: months % 13, day: days % 32 };
  if (field === TYPE.date) {
    writeDate(out, date.year, date.month, date.day);
    return;
  }
  const time = { hour: clock >> 12, minute: (clock >> 6) & 63, second: clock & 63 };
  writeDateTime(out, { ...date, ...time }, micros, FSP);
}

function writePackedTime(out: ByteWriter, packed: bigint): void {
  const magnitude = packed < 0n ? -packed : packed;
  const micros = Number(magnitude & 0xffffffn);
  const hms = Number(magnitude >> 24n);
  writeTime(out, packed < 0n, (hms >> 12) & 1023, (hms >> 6) & 63, hms & 63, micros, FSP);
}

/** The server breaks base64 into lines of 76, whose ends it prints as escapes. */
const base64Lines = (bytes: Buffer): string => bytes.toString("base64").replace(/.{76}(?=.)/g, "$&\\n");
