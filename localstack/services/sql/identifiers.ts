import { SqlError } from "./errors.ts";

/** Words that Redshift reserves: an identifier of that name has to be quoted (Developer Guide, reserved words). */
const RESERVED = new Set(
  `aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
  blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
  current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
  disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
  from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect
  interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16
  mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps
  parallel partition percent permissions pivot placing primary qualify raw readratio recover references rejectlog
  resort respect restore right select session_user similar snapshot some sysdate system table tag tdes text255
  text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose
  wallet when where with without`.split(/\s+/),
);

/** Reserved for identifiers, and yet the name of a function or type in an expression or a column definition. */
export function isReserved(word: string): boolean {
  return RESERVED.has(word);
}

/** `type`, `partition`... are refused unquoted; folded names are always quoted for PostgreSQL, so its own words do not matter. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A standard literal: the session runs with standard_conforming_strings on. */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) throw new SqlError("invalid byte sequence: a literal cannot hold a NUL byte");
  return `'${text.replaceAll("'", "''")}'`;
}

/** `schema.table` or `table`, folded and unquoted. A temporary table's `#` stays part of its name, as in Redshift. */
export interface ObjectName {
  readonly schema: string | null;
  readonly name: string;
}

/** The name as PostgreSQL reads it. */
export function sqlName(object: ObjectName): string {
  const name = quoteIdentifier(object.name);
  return object.schema === null ? name : `${quoteIdentifier(object.schema)}.${name}`;
}

/** The name as a person writes it. */
export function displayName(object: ObjectName): string {
  return object.schema === null ? object.name : `${object.schema}.${object.name}`;
}
