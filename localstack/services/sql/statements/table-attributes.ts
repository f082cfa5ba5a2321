import type { Cursor } from "../cursor.ts";
import { SqlError } from "../errors.ts";

/** What Redshift keeps of a table beyond its columns: kept for the system views, without effect on PostgreSQL's storage. */
export interface TableAttributes {
  diststyle: "AUTO" | "EVEN" | "KEY" | "ALL";
  distkey: string | null;
  sortstyle: "COMPOUND" | "INTERLEAVED" | "AUTO" | null;
  sortkeys: readonly string[];
  encodings: Record<string, string>;
  /** Declared and, as in Redshift, not enforced; its columns are NOT NULL. */
  primaryKey: readonly string[];
}

export const newAttributes = (): TableAttributes => ({
  diststyle: "AUTO",
  distkey: null,
  sortstyle: null,
  sortkeys: [],
  encodings: {},
  primaryKey: [],
});

const MAX_COMPOUND = 400;
const MAX_INTERLEAVED = 8;

/** Reads DISTSTYLE, DISTKEY, SORTKEY, ENCODE AUTO and BACKUP after the columns. */
export function readTableAttributes(c: Cursor, attributes: TableAttributes): void {
  for (;;) {
    if (c.accept("backup")) {
      if (!c.accept("yes")) c.expect("no");
    } else if (c.accept("encode")) c.expect("auto");
    else if (!readKeyAttribute(c, attributes)) return;
  }
}

/** @returns whether a DISTSTYLE, DISTKEY or SORTKEY stood here. */
export function readKeyAttribute(c: Cursor, attributes: TableAttributes): boolean {
  if (c.accept("diststyle")) {
    const style = c.next().value.toUpperCase();
    if (style !== "AUTO" && style !== "EVEN" && style !== "KEY" && style !== "ALL")
      throw new SqlError(`DISTSTYLE ${style} is not known: AUTO, EVEN, KEY or ALL`);
    attributes.diststyle = style;
  } else if (c.accept("distkey")) {
    attributes.distkey = c.parenthesised(() => c.identifier());
    attributes.diststyle = "KEY";
  } else if (c.at("compound") || c.at("interleaved") || c.at("sortkey")) {
    const style = c.accept("interleaved") ? "INTERLEAVED" : (c.accept("compound"), "COMPOUND");
    c.expect("sortkey");
    if (c.accept("auto")) attributes.sortstyle = "AUTO";
    else {
      attributes.sortstyle = style;
      attributes.sortkeys = c.parenthesised(() => c.list(() => c.identifier()));
    }
  } else return false;
  return true;
}

/** @throws SqlError when keys name no column, a SUPER or VARBYTE column, or are too many */
export function checkAttributes(attributes: TableAttributes, types: ReadonlyMap<string, string>): void {
  const { distkey, diststyle, sortkeys, sortstyle, primaryKey } = attributes;
  if (diststyle === "KEY" && distkey === null) throw new SqlError("DISTSTYLE KEY needs a DISTKEY column");
  if (diststyle !== "KEY" && distkey !== null) throw new SqlError(`DISTKEY does not go with DISTSTYLE ${diststyle}`);
  const limit = sortstyle === "INTERLEAVED" ? MAX_INTERLEAVED : MAX_COMPOUND;
  if (sortkeys.length > limit) throw new SqlError(`a ${sortstyle ?? ""} sort key has at most ${limit} columns`);
  const uses = [
    ["distribution key", distkey === null ? [] : [distkey]],
    ["sort key", sortkeys],
    ["primary key", primaryKey],
  ] as const;
  for (const [use, columns] of uses)
    for (const column of columns) {
      const type = types.get(column);
      if (type === undefined)
        throw new SqlError(`column "${column}" named in the ${use} does not exist`, { sqlstate: "42703" });
      if (type === "super" || (type === "varbyte" && use === "sort key"))
        throw new SqlError(`column "${column}" of type ${type.toUpperCase()} cannot be part of a ${use}`);
    }
}

const NUMBERS = ["int2", "int4", "int8", "numeric"];
const MOMENTS = ["date", "timestamp", "timestamptz"];
const TEXTS = ["bpchar", "varchar"];
/** Which type takes which encoding (Developer Guide, "Compression encodings"). */
const ENCODINGS: ReadonlyMap<string, ReadonlySet<string> | "any"> = new Map<string, ReadonlySet<string> | "any">([
  ["raw", "any"],
  ["az64", new Set([...NUMBERS, ...MOMENTS, "time", "timetz"])],
  ["bytedict", new Set([...NUMBERS, ...MOMENTS, ...TEXTS, "float4", "float8"])],
  ["delta", new Set([...NUMBERS, "date", "timestamp"])],
  ["delta32k", new Set(["int4", "int8", "numeric", "date", "timestamp"])],
  ["lzo", new Set([...NUMBERS, ...MOMENTS, ...TEXTS, "super", "varbyte", "time", "timetz"])],
  ["mostly8", new Set(NUMBERS)],
  ["mostly16", new Set(["int4", "int8", "numeric"])],
  ["mostly32", new Set(["int8", "numeric"])],
  ["runlength", new Set([...NUMBERS, ...MOMENTS, ...TEXTS, "float4", "float8", "bool", "time", "timetz"])],
  ["text255", new Set(["varchar"])],
  ["text32k", new Set(["varchar"])],
  ["zstd", "any"],
]);

/** @returns the encoding's name, in lower case. @throws SqlError when the type does not take it */
export function readEncoding(c: Cursor, column: string, type: string | null): string {
  const token = c.next();
  const types = ENCODINGS.get(token.value);
  if (types === undefined) throw new SqlError(`invalid encoding type "${token.raw}" specified for column "${column}"`);
  if (type !== null && types !== "any" && !types.has(type))
    throw new SqlError(`invalid encoding type specified for column "${column}": ${token.raw} does not take ${type}`);
  return token.value;
}
