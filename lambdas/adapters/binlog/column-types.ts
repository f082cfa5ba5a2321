import type { Flavour } from "../mysql/server.ts";

/** MySQL's protocol and binlog type codes. */
export const TYPE = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newdate: 14,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  typedArray: 20,
  mariadbBlobCompressed: 140,
  mariadbVarcharCompressed: 141,
  vector: 242,
  json: 245,
  newdecimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

const NUMERIC: ReadonlySet<number> = new Set([
  TYPE.tiny,
  TYPE.short,
  TYPE.int24,
  TYPE.long,
  TYPE.longlong,
  TYPE.newdecimal,
  TYPE.float,
  TYPE.double,
  // Without it every integer behind a YEAR would have another column's sign.
  TYPE.year,
]);

const CHARACTER: ReadonlySet<number> = new Set([
  TYPE.string,
  TYPE.varString,
  TYPE.varchar,
  TYPE.blob,
  TYPE.tinyBlob,
  TYPE.mediumBlob,
  TYPE.longBlob,
]);

/** Columns that have a bit in the signedness metadata. */
export const isNumeric = (type: number): boolean => NUMERIC.has(type);
/**
 * Columns that have an entry in the character set metadata. On MariaDB GEOMETRY is a blob and has one too: left out,
 * every text behind it would be read in another column's character set.
 */
export const isCharacter =
  (flavour: Flavour) =>
  (type: number): boolean =>
    CHARACTER.has(type) || (type === TYPE.geometry && flavour === "mariadb");
export const isLabelled = (type: number): boolean => type === TYPE.enum || type === TYPE.set;
