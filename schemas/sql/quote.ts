/**
 * The only place that turns names and values into SQL text. Names are lower case identifiers by construction, so only
 * reserved words are quoted; what either Redshift or PostgreSQL reserves counts, so that one text fits both.
 */

/** https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html, and PostgreSQL 18 appendix C (reserved ones). */
const RESERVED = new Set(
  `aes128 aes256 all allowoverwrite analyse analyze and any array as asc asymmetric authorization az64 backup between
  binary blanksasnull both bytedict bzip2 case cast check collate collation column concurrently connect constraint create
  credentials cross current_catalog current_date current_role current_schema current_time current_timestamp current_user
  current_user_id default deferrable deflate defrag delta delta32k desc disable distinct do else emptyasnull enable encode
  encrypt encryption end except explicit false fetch for foreign freeze from full globaldict256 globaldict64k grant group
  gzip having identity ignore ilike in initially inner intersect interval into is isnull join language lateral leading
  left like limit localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new not notnull null
  nulls off offline offset oid old on only open or order outer overlaps parallel partition percent permissions pivot
  placing primary qualify raw readratio recover references rejectlog resort respect restore returning right select
  session_user similar snapshot some sysdate system system_user symmetric table tablesample tag tdes text255 text32k then
  timestamp to top trailing true truncatecolumns union unique unnest unpivot user using variadic verbose wallet when where
  window with without`.split(/\s+/),
);

/** PostgreSQL cuts longer names in silence; Redshift allows 127 bytes. */
const LONGEST_NAME = 63;

/**
 * @returns the name as it stands in SQL, quoted only when it is a reserved word
 * @throws TypeError for anything but a lower case identifier of at most 63 characters: a mistake in a definition
 */
export function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name) || name.length > LONGEST_NAME) {
    throw new TypeError(
      `'${name}' cannot be a warehouse name: lower case letters, digits and '_' are allowed, at most ${LONGEST_NAME}`,
    );
  }
  return RESERVED.has(name) ? `"${name}"` : name;
}

/** `a, b, c`, each with the alias in front if one is given. */
export function identifiers(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? identifier(name) : `${alias}.${identifier(name)}`)).join(", ");
}

/** `schema.table`, both checked and quoted where needed. */
export function qualified(name: string): string {
  return name.split(".").map(identifier).join(".");
}

/**
 * @returns a text literal
 * @throws TypeError for a backslash or NUL: Redshift reads `\` inside a literal as an escape, PostgreSQL does not
 */
export function literal(text: string): string {
  if (/[\\\0]/.test(text)) throw new TypeError(`no backslash or NUL can stand in a literal: ${JSON.stringify(text)}`);
  return `'${text.replaceAll("'", "''")}'`;
}

/** @throws TypeError when the number is not a safe integer */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number`);
  return String(value);
}

/**
 * A statement that fails, and with it its transaction, unless `condition` holds: neither Redshift nor PostgreSQL has an
 * assertion, but both refuse to read a sentence as a number. PostgreSQL's error, and often Redshift's, has the sentence.
 */
export function assertion(condition: string, message: string, from: string): string {
  return `SELECT CAST(CASE WHEN ${condition} THEN '0' ELSE ${literal(`millrace: ${message}`)} END AS INTEGER) AS asserted\n${from}`;
}
