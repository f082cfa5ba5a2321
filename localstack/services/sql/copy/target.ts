import type { Client } from "pg";
import { RefusedByRedshiftError, SqlError } from "../errors.ts";
import { displayName, sqlName, type ObjectName } from "../identifiers.ts";
import type { CopyOptions } from "./options.ts";

/** What a column holds, as far as COPY has to know. */
export type ColumnKind =
  | "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" | "bool" | "date" | "timestamp" | "timestamptz"
  | "time" | "timetz" | "varchar" | "bpchar" | "super" | "varbyte"; // prettier-ignore

export interface TargetColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Limit of character and VARBYTE columns; null without one. */
  readonly bytes: number | null;
  readonly precision: number;
  readonly scale: number;
  readonly notNull: boolean;
}

export interface CopyTarget {
  readonly oid: number;
  readonly table: ObjectName;
  /** In the order of the fields in the file. */
  readonly columns: readonly TargetColumn[];
}

const KINDS: ReadonlyMap<string, ColumnKind> = new Map([
  ["21", "int2"], ["23", "int4"], ["20", "int8"], ["1700", "numeric"], ["700", "float4"], ["701", "float8"],
  ["16", "bool"], ["1082", "date"], ["1114", "timestamp"], ["1184", "timestamptz"], ["1083", "time"],
  ["1266", "timetz"], ["1043", "varchar"], ["25", "varchar"], ["1042", "bpchar"], ["114", "super"], ["17", "varbyte"],
]); // prettier-ignore

interface CatalogueRow {
  readonly oid: string;
  readonly name: string;
  readonly type: string;
  readonly modifier: string;
  readonly notnull: string;
  readonly identity: string;
  readonly check: string | null;
}

const COLUMNS = `
  SELECT c.oid, a.attname AS name, a.atttypid AS type, a.atttypmod AS modifier, a.attnotnull AS notnull, a.attidentity AS identity,
    (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
     WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conname = left('bytes of ' || a.attname, 63)) AS check
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

/** The columns that a COPY fills, in file order. @throws SqlError when table or columns are not there */
export async function findTarget(
  client: Client,
  table: ObjectName,
  names: readonly string[] | null,
  { explicitIds }: CopyOptions,
): Promise<CopyTarget> {
  const { rows } = await client.query<CatalogueRow>(COLUMNS, [sqlName(table)]);
  const first = rows[0];
  if (first === undefined) throw new SqlError(`relation "${displayName(table)}" does not exist`, { sqlstate: "42P01" });
  const chosen =
    names === null ? rows.filter(({ identity }) => identity === "" || explicitIds) : named(rows, names, table);
  const counted = chosen.find(({ identity }) => identity === "a");
  if (counted !== undefined && !explicitIds)
    throw new RefusedByRedshiftError(`cannot copy into IDENTITY column "${counted.name}" without EXPLICIT_IDS`);
  return { oid: Number(first.oid), table, columns: chosen.map(readColumn) };
}

function named(rows: readonly CatalogueRow[], names: readonly string[], table: ObjectName): readonly CatalogueRow[] {
  return names.map((name, i) => {
    const row = rows.find((candidate) => candidate.name === name);
    if (row === undefined)
      throw new SqlError(`column "${name}" of relation "${displayName(table)}" does not exist`, { sqlstate: "42703" });
    if (names.indexOf(name) !== i)
      throw new SqlError(`column "${name}" specified more than once`, { sqlstate: "42701" });
    return row;
  });
}

function readColumn({ name, type, modifier, notnull, check }: CatalogueRow): TargetColumn {
  const kind = KINDS.get(type);
  if (kind === undefined) throw new SqlError(`COPY does not know the type of column "${name}"`);
  const typmod = Number(modifier) - 4;
  const sized = kind === "varchar" || kind === "bpchar" || kind === "varbyte";
  const limit = check === null ? null : /<= (\d+)/.exec(check)?.[1];
  const bytes =
    limit === null || limit === undefined ? (typmod > 0 && kind !== "varbyte" ? typmod : null) : Number(limit);
  return {
    name,
    kind,
    bytes: sized ? bytes : null,
    precision: kind === "numeric" && typmod > 0 ? (typmod >> 16) & 0xffff : 38,
    scale: kind === "numeric" && typmod >= 0 ? typmod & 0x7ff : 37,
    notNull: notnull === "t",
  };
}
