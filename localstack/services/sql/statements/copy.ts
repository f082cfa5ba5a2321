import type { CopyOptions } from "../copy/options.ts";
import type { Cursor } from "../cursor.ts";
import { SqlError, UnsupportedSqlError } from "../errors.ts";
import type { CopyPlan } from "../plan.ts";
import { columnNames } from "../query.ts";
import { userRelation } from "../relations.ts";
import { readCharacter, readIamRole, readNullAs, readS3Location, refuseKeys } from "./s3-clause.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Reading = Mutable<CopyOptions> & { csv: boolean };

const MAX_MAXERROR = 100_000;

/** Options without a value. */
const FLAGS: Readonly<Record<string, (o: Reading) => void>> = {
  manifest: (o) => (o.manifest = true),
  csv: (o) => (o.csv = true),
  gzip: (o) => (o.compression = "gzip"),
  zstd: (o) => (o.compression = "zstd"),
  emptyasnull: (o) => (o.emptyAsNull = true),
  blanksasnull: (o) => (o.blanksAsNull = true),
  truncatecolumns: (o) => (o.truncateColumns = true),
  roundec: (o) => (o.roundDecimals = true),
  ignoreblanklines: (o) => (o.ignoreBlankLines = true),
  fillrecord: (o) => (o.fillRecord = true),
  noload: (o) => (o.noLoad = true),
  explicit_ids: (o) => (o.explicitIds = true),
};

/** Options with a value of their own. */
const VALUES: Readonly<Record<string, (c: Cursor, o: Reading) => void>> = {
  iam_role: (c, o) => (o.iamRole = readIamRole(c)),
  region: (c, o) => (c.accept("as"), (o.region = c.string())),
  format: (c) => {
    c.accept("as");
    if (!c.at("csv")) throw new UnsupportedSqlError(`COPY FORMAT ${c.peek().raw}`, "It reads CSV.");
  },
  delimiter: (c, o) => (o.delimiter = readCharacter(c, "DELIMITER")),
  quote: (c, o) => (o.quote = readCharacter(c, "QUOTE")),
  null: (c, o) => (o.nullAs = readNullAs(c)),
  ignoreheader: (c, o) => (c.accept("as"), (o.ignoreHeader = c.integer())),
  maxerror: (c, o) => (c.accept("as"), (o.maxError = c.integer())),
  acceptinvchars: (c, o) =>
    (o.replaceInvalid = c.at("as") || c.peek().kind === "string" ? readCharacter(c, "ACCEPTINVCHARS") : "?"),
  dateformat: (c) => only(c, "DATEFORMAT", ["auto", "yyyy-mm-dd"]),
  timeformat: (c) => only(c, "TIMEFORMAT", ["auto"]),
  encoding: (c) => {
    c.accept("as");
    const name = (c.peek().kind === "string" ? c.string() : c.next().value).toLowerCase();
    if (name !== "utf8") throw new UnsupportedSqlError(`COPY ENCODING ${name}`);
  },
  compupdate: (c) => (
    c.accept("off") || c.accept("on") || c.accept("preset") || c.accept("true") || c.accept("false"),
    undefined
  ),
  statupdate: (c) => (c.accept("off") || c.accept("on") || c.accept("true") || c.accept("false"), undefined),
};

/** COPY table [(columns)] FROM 's3://...' authorization and options, in any order. */
export function copy(c: Cursor): CopyPlan {
  c.expect("copy");
  const table = userRelation(c.objectName());
  const columns = c.atOperator("(") ? columnNames(c) : null;
  c.expect("from");
  const from = readS3Location(c);
  const options = defaults(from);
  while (!c.ended && !c.atOperator(";")) readOption(c, options);
  if (options.iamRole === "")
    throw new SqlError("COPY needs authorization: IAM_ROLE default | 'arn:aws:iam::<account>:role/<name>'");
  if (!options.csv) throw new UnsupportedSqlError("COPY of delimited text", "Say FORMAT AS CSV.");
  if (options.maxError > MAX_MAXERROR)
    throw new SqlError(`MAXERROR ${options.maxError} is over its limit of ${MAX_MAXERROR}`);
  if (options.delimiter === options.quote) throw new SqlError("COPY DELIMITER and QUOTE must be different");
  return { kind: "copy", tag: "COPY", standing: "anywhere", table, columns, options };
}

function readOption(c: Cursor, options: Reading): void {
  refuseKeys(c);
  const token = c.next();
  const value = Object.hasOwn(VALUES, token.value) ? VALUES[token.value] : undefined;
  const flag = Object.hasOwn(FLAGS, token.value) ? FLAGS[token.value] : undefined;
  if (token.kind !== "word" || (value === undefined && flag === undefined))
    throw new UnsupportedSqlError(`COPY option ${token.raw}`);
  value?.(c, options);
  flag?.(options);
}

function only(c: Cursor, option: string, known: readonly string[]): void {
  c.accept("as");
  const format = c.string();
  if (!known.includes(format.toLowerCase()))
    throw new UnsupportedSqlError(`COPY ${option} '${format}'`, `Known: ${known.join(", ")}.`);
}

function defaults(from: CopyOptions["from"]): Reading {
  return {
    from, csv: false, manifest: false, iamRole: "", region: null, compression: "none", delimiter: ",", quote: '"',
    nullAs: "\\N", ignoreHeader: 0, maxError: 0, emptyAsNull: false, blanksAsNull: false, replaceInvalid: null,
    truncateColumns: false, roundDecimals: false, ignoreBlankLines: false, fillRecord: false, explicitIds: false, noLoad: false,
  }; // prettier-ignore
}
