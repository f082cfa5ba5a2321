import type { ColumnType } from "../../../schemas/model/column.ts";
import { fromBase64 } from "../../core/base64.ts";
import { LossyNumber, unfit } from "./value.ts";
import type { CellContext, CellEncoder } from "./value.ts";

type Kind<K extends ColumnType["kind"]> = Extract<ColumnType, { readonly kind: K }>;

/** Ranges of the warehouse types, which are at least as wide as the source's. */
const RANGES = { 16: 32_767, 32: 2_147_483_647 } as const;
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT64 = { min: 0n, max: 2n ** 64n - 1n };

/** Integers: a JSON number, or a string of digits beyond 2^53; booleans are what Debezium may make of TINYINT(1). */
export function integerCell(type: Kind<"int">, context: CellContext): CellEncoder {
  const bits = type.bits + (type.unsigned ? 1 : 0);
  if (bits > 32) return wideIntegerCell(type, context);
  const largest = bits <= 16 ? RANGES[16] : RANGES[32];
  return (value) => {
    if (typeof value === "number") {
      if (Number.isInteger(value) && value <= largest && value >= -largest - 1) return String(value);
      return unfit(context, value, `whole numbers of ${bits <= 16 ? 16 : 32} bits fit; widen it in the definition`);
    }
    if (typeof value === "boolean") return value ? "1" : "0";
    if (typeof value === "string" && /^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= largest)
      return String(Number(value));
    return unfit(context, value, "a whole number is needed");
  };
}

function wideIntegerCell(type: Kind<"int">, context: CellContext): CellEncoder {
  const { min, max } = type.unsigned && type.bits === 64 ? UINT64 : INT64;
  return (value) => {
    if (typeof value === "number") {
      if (Number.isSafeInteger(value)) return String(value);
      if (Number.isInteger(value)) throw new LossyNumber();
    }
    if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) {
      const exact = BigInt(value);
      if (exact >= min && exact <= max) return String(exact);
    }
    return unfit(context, value, `a whole number of 64 bits${min === 0n ? ", not negative," : ""} is needed`);
  };
}

/** Decimals travel as text. NUMERIC would round in silence what has more digits than it: refused instead. */
export function decimalCell(type: Kind<"decimal">, context: CellContext): CellEncoder {
  const whole = type.precision - type.scale;
  const fits = new RegExp(`^-?0*\\d{0,${Math.max(whole, 0)}}(?:\\.\\d{0,${type.scale}}0*)?$`);
  return (value) => {
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value)) throw new LossyNumber();
      if (fits.test(String(value))) return String(value);
    } else if (typeof value === "string" && /\d/.test(value) && fits.test(value)) return value;
    return unfit(
      context,
      value,
      `decimal text of at most ${whole} digits before and ${type.scale} after the point is needed (Debezium: decimal.handling.mode=string)`,
    );
  };
}

/** The shortest text that reads back as the same float; the sign of -0 is kept. */
export function floatCell(context: CellContext): CellEncoder {
  return (value) => {
    if (typeof value === "number") return value === 0 && 1 / value < 0 ? "-0" : String(value);
    // A second parse for another column's sake hands over the number's own text.
    if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
      return String(Number(value));
    return unfit(context, value, "a number is needed");
  };
}

export function yearCell(context: CellContext): CellEncoder {
  return (value) => {
    const year = typeof value === "string" && /^\d{1,4}$/.test(value) ? Number(value) : value;
    if (typeof year === "number" && Number.isInteger(year) && year >= 0 && year <= 2155) return String(year);
    return unfit(context, value, "a year from 0 to 2155 is needed");
  };
}

/** Longest base64 text of eight bytes; our own texts of BIT are decimal and begin where numbers end, at 16 digits. */
const BITS_BASE64 = 12;

/** BIT(1) is a boolean, BIT(n) a number; Debezium writes the bits as base64, least significant byte first. */
export function bitCell(type: Kind<"bit">, context: CellContext): CellEncoder {
  const max = 2n ** BigInt(type.length) - 1n;
  const allowed = `${type.length} bits are needed`;
  const checked = (value: unknown, bits: bigint): string =>
    bits >= 0n && bits <= max ? String(bits) : unfit(context, value, allowed);
  return (value) => {
    if (typeof value === "boolean") return value ? "1" : "0";
    if (typeof value === "number") {
      if (Number.isSafeInteger(value)) return checked(value, BigInt(value));
      if (Number.isInteger(value)) throw new LossyNumber();
    }
    if (typeof value === "string") {
      if (/^\d{16,20}$/.test(value) || /^[01]$/.test(value)) return checked(value, BigInt(value));
      const bytes = value.length <= BITS_BASE64 ? fromBase64(value) : null;
      if (bytes !== null && bytes.length > 0) return checked(value, BigInt(`0x${bytes.reverse().toString("hex")}`));
    }
    return unfit(context, value, allowed);
  };
}
