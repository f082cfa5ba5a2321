import type { FieldValue } from "../../../lambdas/core/record.ts";
import type { Random } from "../../../localstack/demo/generator/random.ts";
import { textKinds } from "./text-kinds.ts";

/** A value as SQL and, where it is known beforehand, what the record must say. */
export interface Drawn {
  readonly sql: string;
  readonly record?: FieldValue;
}

/** A column's type with a way to draw values for it. */
export interface DrawnType {
  readonly ddl: string;
  readonly value: () => Drawn;
  /** Whether the type can be part of a primary key without a prefix. */
  readonly keyable: boolean;
}

export type Kind = (random: Random) => DrawnType;

export const NULL: Drawn = { sql: "NULL", record: null };

const integer: Kind = (random) => {
  const [name, bits] = random.pick([
    ["TINYINT", 8n],
    ["TINYINT(1)", 8n],
    ["SMALLINT", 16n],
    ["MEDIUMINT", 24n],
    ["INT", 32n],
    ["BIGINT", 64n],
  ] as const);
  const unsigned = random.chance(0.5);
  const [low, high] = unsigned ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  const edges = [low, low + 1n, 0n, 1n, high - 1n, high, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n)];
  const inRange = edges.filter((edge) => edge >= low && edge <= high);
  const zerofill = unsigned && random.chance(0.2) ? " ZEROFILL" : "";
  return {
    ddl: `${name}${unsigned ? " UNSIGNED" : ""}${zerofill}`,
    keyable: true,
    value: () => {
      const any = low + ((BigInt(random.int(0, 2 ** 31)) * BigInt(random.int(0, 2 ** 31))) % (high - low + 1n));
      const value = random.chance(0.6) ? random.pick(inRange) : any;
      const safe = value >= -(2n ** 53n) + 1n && value <= 2n ** 53n - 1n;
      return { sql: String(value), record: safe ? Number(value) : String(value) };
    },
  };
};

const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.int(0, 9)).join("");

const decimal: Kind = (random) => {
  const precision = random.pick([1, 5, 9, 10, 18, 19, 37, 38, 39, 65]);
  const scale = random.pick([0, 1, 2, Math.min(precision, 9), Math.min(precision, 30)].filter((s) => s <= precision));
  const whole = precision - scale;
  const text = (integral: string, fraction: string): string =>
    `${integral.replace(/^0+(?=\d)/, "") || "0"}${scale === 0 ? "" : `.${fraction}`}`;
  return {
    ddl: `DECIMAL(${precision},${scale})`,
    keyable: true,
    value: () => {
      const shape = random.int(0, 4);
      const integral = shape === 0 ? "9".repeat(whole) : shape === 1 ? "0" : digits(random, random.int(0, whole));
      const fraction = shape === 0 ? "9".repeat(scale) : shape === 1 ? "0".repeat(scale) : digits(random, scale);
      const unsigned = text(integral, fraction);
      const record = random.chance(0.5) && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
      return { sql: record, record };
    },
  };
};

/** Bits of any finite number of the type; denormal ones and both zeros are among them. */
function anyFloat(random: Random, bits: 32 | 64): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.int(0, 2 ** 32 - 1));
  view.setUint32(4, random.int(0, 2 ** 32 - 1));
  const value = bits === 32 ? view.getFloat32(0) : view.getFloat64(0);
  return Number.isFinite(value) ? value : 0.1;
}

/** JavaScript writes no sign before a zero. */
const floatSql = (value: number): string => `${Object.is(value, -0) ? "-" : ""}${value.toExponential()}`;

const float: Kind = (random) => {
  const bits = random.pick([32, 64] as const);
  const edges =
    bits === 32
      ? [
          0, 0.1, 1e-45, 1.1754943508222875e-38, 3.4028234663852886e38, 16_777_216, 16_777_217, 123_456.789, 1e10,
          8388609,
        ]
      : [0, 0.1, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 2 ** 53, 1e21, 1e15, 123_456_789_012_345_680];
  return {
    ddl: bits === 32 ? "FLOAT" : "DOUBLE",
    keyable: true,
    value: () => {
      const drawn = random.chance(0.5) ? random.pick(edges) : anyFloat(random, bits);
      const value = random.chance(0.3) ? -drawn : drawn;
      const stored = bits === 32 ? Math.fround(value) : value;
      // The text of a float32 is known by what it reads back as; that of a double is JavaScript's own.
      // MariaDB takes the sign off a zero that is written down, MySQL keeps it.
      const known = bits === 64 && !Object.is(stored, -0);
      return known ? { sql: floatSql(stored), record: stored } : { sql: floatSql(stored) };
    },
  };
};

/** Types that round to declared digits: what they store is the server's business. */
const roundedFloat: Kind = (random) => ({
  ddl: random.pick(["FLOAT(7,2)", "DOUBLE(12,3)", "DOUBLE(20,2)"]),
  keyable: false,
  value: () => ({ sql: ((random.next() - 0.5) * 10 ** random.int(0, 5)).toExponential() }),
});

const bit: Kind = (random) => {
  const length = random.pick([1, 2, 7, 8, 9, 16, 33, 53, 54, 63, 64]);
  const high = 2n ** BigInt(length) - 1n;
  return {
    ddl: `BIT(${length})`,
    keyable: true,
    value: () => {
      const value = random.pick([0n, 1n, high, high >> 1n, BigInt(random.int(0, 2 ** 31)) % (high + 1n)]);
      return { sql: String(value), record: value < 2n ** 53n ? Number(value) : String(value) };
    },
  };
};

const year: Kind = (random) => ({
  ddl: "YEAR",
  keyable: true,
  value: () => {
    const value = random.pick([0, 1901, 1970, 2000, 2024, 2155]);
    return { sql: value === 0 ? "'0000'" : String(value), record: value };
  },
});

const two = (value: number): string => String(value).padStart(2, "0");
const DATES = ["0000-00-00", "2024-00-00", "2024-02-00", "0000-01-01", "2024-02-31", "2023-02-29", "0001-01-01"];
const REAL_DATES = ["1000-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-12-31", "9999-12-31"];

function anyDate(random: Random): string {
  if (random.chance(0.4)) return random.pick(random.chance(0.5) ? DATES : REAL_DATES);
  return `${String(random.int(1000, 9999))}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
}

const clock = (random: Random): string =>
  random.pick([
    "00:00:00",
    "23:59:59",
    `${two(random.int(0, 23))}:${two(random.int(0, 59))}:${two(random.int(0, 59))}`,
  ]);

const fractionOf = (random: Random, fsp: number): string =>
  fsp === 0 ? "" : `.${random.pick(["0".repeat(fsp), "9".repeat(fsp), digits(random, fsp)])}`;

const fspOf = (fsp: number): string => (fsp === 0 ? "" : `(${fsp})`);

const date: Kind = (random) => ({
  ddl: "DATE",
  keyable: true,
  value: () => {
    const text = anyDate(random);
    return { sql: `'${text}'`, record: text };
  },
});

const datetime: Kind = (random) => {
  const fsp = random.int(0, 6);
  return {
    ddl: `DATETIME${fspOf(fsp)}`,
    keyable: true,
    value: () => {
      const day = anyDate(random);
      const rest = day === "0000-00-00" ? `00:00:00${fsp === 0 ? "" : `.${"0".repeat(fsp)}`}` : null;
      const text = `${day} ${rest ?? `${clock(random)}${fractionOf(random, fsp)}`}`;
      return { sql: `'${text}'`, record: text };
    },
  };
};

const timestamp: Kind = (random) => {
  const fsp = random.int(0, 6);
  return {
    ddl: `TIMESTAMP${fspOf(fsp)}`,
    keyable: true,
    value: () => {
      if (random.chance(0.2)) {
        const zero = `0000-00-00 00:00:00${fsp === 0 ? "" : `.${"0".repeat(fsp)}`}`;
        return { sql: `'${zero}'`, record: zero };
      }
      const seconds = random.pick([1, 2 ** 31 - 2, 951_782_400, random.int(1, 2 ** 31 - 2)]);
      const text = new Date(seconds * 1000).toISOString().slice(0, 19);
      const fraction = fractionOf(random, fsp);
      return { sql: `'${text.replace("T", " ")}${fraction}'`, record: `${text}${fraction}Z` };
    },
  };
};

const time: Kind = (random) => {
  const fsp = random.int(0, 6);
  return {
    ddl: `TIME${fspOf(fsp)}`,
    keyable: true,
    value: () => {
      const hours = random.pick([0, 1, 23, 24, 99, 100, 837, random.int(0, 837)]);
      const text = `${two(hours)}:${two(random.int(0, 59))}:${two(random.int(0, 59))}${fractionOf(random, fsp)}`;
      const end = random.chance(0.1) ? `838:59:59${fsp === 0 ? "" : `.${"0".repeat(fsp)}`}` : text;
      const record = random.chance(0.4) && /[1-9]/.test(end) ? `-${end}` : end;
      return { sql: `'${record}'`, record };
    },
  };
};

/** Every type of the contract, the frequent sources of trouble more than once. */
export function kindsFor(flavour: "mysql" | "mariadb"): readonly Kind[] {
  const numbers = [integer, integer, decimal, decimal, float, float, roundedFloat, bit, year];
  return [...numbers, date, datetime, datetime, timestamp, time, ...textKinds(flavour)];
}
