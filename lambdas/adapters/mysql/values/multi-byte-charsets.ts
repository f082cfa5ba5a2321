import { brotliDecompressSync } from "node:zlib";
import { MULTI_BYTE_TABLES } from "./multi-byte-tables.ts";
import { escapedByte, textOfUnits } from "./undecodable.ts";

type Range = readonly [first: number, last: number];

/** Two bytes (three behind a prefix), lead by lead, trail by trail, as one stretch of the tables. */
export interface Plane {
  readonly prefix?: number;
  readonly leads: readonly Range[];
  readonly trails: readonly Range[];
}

const EUC: Range = [0xa1, 0xfe];
const GBK_TRAILS: readonly Range[] = [
  [0x40, 0x7e],
  [0x80, 0xfe],
];
const SJIS: Plane = {
  leads: [
    [0x81, 0x9f],
    [0xe0, 0xfc],
  ],
  trails: [
    [0x40, 0x7e],
    [0x80, 0xfc],
  ],
};
const UJIS: readonly Plane[] = [
  { leads: [EUC], trails: [EUC] },
  { prefix: 0x8f, leads: [EUC], trails: [EUC] },
];

/**
 * The form of MySQL's multi-byte character sets, in the order of the tables. What the codes mean was asked of the servers
 * (MariaDB 10.11 and MySQL 9.7 agree): the platform's TextDecoder reads other characters in most of them, and lacks half
 * of euckr. test/integration/types asks the running server again.
 */
export const MULTI_BYTE_PLANES = {
  gbk: [{ leads: [[0x81, 0xfe]], trails: GBK_TRAILS }],
  gb2312: [{ leads: [[0xa1, 0xf7]], trails: [EUC] }],
  gb18030: [{ leads: [[0x81, 0xfe]], trails: GBK_TRAILS }],
  big5: [{ leads: [[0xa1, 0xf9]], trails: [[0x40, 0x7e], EUC] }],
  sjis: [SJIS],
  cp932: [SJIS],
  ujis: UJIS,
  eucjpms: UJIS,
  euckr: [
    {
      leads: [[0x81, 0xfe]],
      trails: [
        [0x41, 0x5a],
        [0x61, 0x7a],
        [0x81, 0xfe],
      ],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Plane[]>>;

export type MultiByteCharset = keyof typeof MULTI_BYTE_PLANES;
export const isMultiByte = (charset: string): charset is MultiByteCharset => Object.hasOwn(MULTI_BYTE_PLANES, charset);

const CHARSETS = Object.keys(MULTI_BYTE_PLANES) as readonly MultiByteCharset[];
const UNASSIGNED = 0xfffd;
const GRID = 256 * 256;

const all = (ranges: readonly Range[]): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

/** Codes of a plane in the order of its table. */
export function codesOf(plane: Plane): readonly number[] {
  const trails = all(plane.trails);
  return all(plane.leads).flatMap((lead) => trails.map((trail) => lead * 256 + trail));
}

/** UTF-16 unit by code (lead * 256 + trail) for each plane; 0: no such code, U+FFFD: no character. */
type Grids = ReadonlyMap<MultiByteCharset, readonly Uint16Array[]>;

let grids: Grids | null = null;

/** Units as differences from the one before, all low bytes of a plane, then all high ones: an eighth of the size. */
function readTables(): Grids {
  const bytes = brotliDecompressSync(Buffer.from(MULTI_BYTE_TABLES, "base64"));
  let at = 0;
  const plane = (shape: Plane): Uint16Array => {
    const codes = codesOf(shape);
    const grid = new Uint16Array(GRID);
    let unit = 0;
    for (const [i, code] of codes.entries()) {
      unit = (unit + (bytes[at + i] as number) + (bytes[at + codes.length + i] as number) * 256) & 0xffff;
      grid[code] = unit;
    }
    at += codes.length * 2;
    return grid;
  };
  return new Map(CHARSETS.map((charset) => [charset, MULTI_BYTE_PLANES[charset].map(plane)]));
}

const isKana = (byte: number): boolean => byte >= 0xa1 && byte <= 0xdf;
/** JIS X 0201: 0xA1 to 0xDF are U+FF61 to U+FF9F. */
const kana = (byte: number): number => 0xff61 - 0xa1 + byte;

/**
 * Reads a multi-byte character set as the server does.
 * @returns text in which bytes that are no character stand escaped (undecodable.ts)
 */
export function multiByteReader(charset: MultiByteCharset): (from: Buffer, start: number, end: number) => string {
  grids ??= readTables();
  const [two, three] = grids.get(charset) ?? [];
  const hasKana = charset === "sjis" || charset === "cp932";
  const four = charset === "gb18030" ? fourByteReader(two as Uint16Array) : null;
  return (from, start, end) => {
    const units: number[] = [];
    const escape = (at: number, length: number): number => {
      for (let i = 0; i < length; i += 1) units.push(escapedByte(from[at + i] as number));
      return length;
    };
    /** A code of `length` bytes, of which the last two are looked up. */
    const lookUp = (grid: Uint16Array | undefined, at: number, length: number): number => {
      const unit = at + length > end ? 0 : (grid?.[from.readUInt16BE(at + length - 2)] ?? 0);
      if (unit === 0) return 0;
      if (unit === UNASSIGNED) return escape(at, length);
      units.push(unit);
      return length;
    };
    const character = (at: number): number => {
      const byte = from[at] as number;
      if (byte < 0x80 || (hasKana && isKana(byte))) {
        units.push(byte < 0x80 ? byte : kana(byte));
        return 1;
      }
      if (three !== undefined && byte === 0x8e && at + 1 < end && isKana(from[at + 1] as number)) {
        units.push(kana(from[at + 1] as number));
        return 2;
      }
      if (three !== undefined && byte === 0x8f) return lookUp(three, at, 3) || escape(at, 1);
      return lookUp(two, at, 2) || four?.(from, at, end, units) || escape(at, 1);
    };
    for (let at = start; at < end;) at += character(at);
    return textOfUnits(units);
  };
}

/** Place of U+E7C7 among the four-byte codes, where GB 18030-2005 has swapped it with U+1E3F. */
const SWAPPED = { point: 0xe7c7, index: 7457 } as const;
/** Index of 0x90308130, which is U+10000. */
const SUPPLEMENTARY = 189_000;

/** GB 18030's four-byte codes: what two bytes do not reach of the basic plane, in order, then the other planes. */
function fourByteReader(two: Uint16Array): (from: Buffer, at: number, end: number, units: number[]) => number {
  const reached = new Set(two);
  const points: number[] = [];
  for (let point = 0x80; point <= 0xffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    if (!reached.has(point) && point !== SWAPPED.point) points.push(point);
  }
  points.splice(SWAPPED.index, 0, SWAPPED.point);
  return (from, at, end, units) => {
    if (at + 4 > end) return 0;
    const [a, b, c, d] = [from[at], from[at + 1], from[at + 2], from[at + 3]] as [number, number, number, number];
    if (a < 0x81 || a > 0xfe || b < 0x30 || b > 0x39 || c < 0x81 || c > 0xfe || d < 0x30 || d > 0x39) return 0;
    const index = (((a - 0x81) * 10 + (b - 0x30)) * 126 + (c - 0x81)) * 10 + (d - 0x30);
    const point = index < SUPPLEMENTARY ? points[index] : 0x10000 + index - SUPPLEMENTARY;
    if (point === undefined || point > 0x10ffff) return 0;
    if (point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
    else units.push(point);
    return 4;
  };
}
