/** A table named in a statement; the statement's default database is filled in. */
export interface TableName {
  readonly database: string;
  readonly table: string;
}

/**
 * What a statement in the log means for capture. `partition`: rows vanish without row events (DROP, TRUNCATE, EXCHANGE
 * ... PARTITION). `alter` may have changed stored values; an ALTER that surely has not is `other`. `data`: a change logged as a statement, which capture cannot
 * see (a session set binlog_format). `other` matters to no table.
 */
export interface DdlStatement {
  readonly action:
    "truncate" | "drop" | "dropDatabase" | "rename" | "create" | "alter" | "partition" | "data" | "other";
  /** For UPDATE and DELETE all that may be a table which they change; some are aliases or columns. */
  readonly tables: readonly TableName[];
  /** For renames: the new name of each of `tables`, in order. */
  readonly renamedTo: readonly TableName[];
}

interface Token {
  readonly text: string;
  /** Quoted names are never keywords. */
  readonly quoted: boolean;
}

/** Comments (but the inside of version comments counts), quoted names, strings, words, single signs. */
const TOKEN =
  /\/\*M?!\d*|\*\/|\/\*[\s\S]*?\*\/|(?:--(?=\s|$)|#)[^\n]*|`((?:[^`]|``)*)`|"((?:[^"\\]|\\[\s\S]|"")*)"|'(?:[^'\\]|\\[\s\S]|'')*'|[\p{L}\p{N}_$]+|[^\s]/gu;
const WORD = /^[\p{L}\p{N}_$]+$/u;
/** Words that are no names unless quoted. */
const BETWEEN_TABLES = new Set(
  "AS CROSS FROM INNER JOIN LEFT NATURAL ON OUTER PARTITION RIGHT SELECT STRAIGHT_JOIN USING WHERE".split(" "),
);
/** Names come within this many characters; long statements are not tokenised whole. */
const MAX_STATEMENT = 1 << 20;

function tokenise(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.slice(0, MAX_STATEMENT).matchAll(TOKEN)) {
    const [text, backticked, doubled] = match;
    if (text.startsWith("/*") || text === "*/" || text.startsWith("--") || text.startsWith("#")) continue;
    if (backticked !== undefined) tokens.push({ text: backticked.replaceAll("``", "`"), quoted: true });
    else if (doubled !== undefined) tokens.push({ text: doubled.replaceAll('""', '"'), quoted: true });
    else tokens.push({ text, quoted: false });
  }
  return tokens;
}

class Cursor {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly database: string;

  constructor(tokens: readonly Token[], database: string) {
    this.tokens = tokens;
    this.database = database;
  }

  /** Steps over one of the words when it comes next. */
  skip(...words: string[]): boolean {
    const token = this.tokens[this.at];
    if (token === undefined || token.quoted || !words.includes(token.text.toUpperCase())) return false;
    this.at += 1;
    return true;
  }

  skipAll(...words: string[]): void {
    while (this.skip(...words));
  }

  /** MariaDB's `WAIT n` and `NOWAIT` behind a table's name. */
  skipWait(): void {
    if (this.skip("WAIT")) this.at += 1;
    else this.skip("NOWAIT");
  }

  has(...words: string[]): boolean {
    return this.tokens.slice(this.at).some((t) => !t.quoted && words.includes(t.text.toUpperCase()));
  }

  /**
   * What follows, cut at the commas outside parentheses: the words of each part, upper case, with a sign for quoted
   * names and for strings that are more than a word.
   */
  clauses(): string[] {
    const clauses: string[][] = [[]];
    let depth = 0;
    for (const { text, quoted } of this.tokens.slice(this.at)) {
      if (!quoted && text === "(") depth += 1;
      else if (!quoted && text === ")") depth -= 1;
      else if (!quoted && text === "," && depth === 0) clauses.push([]);
      else if (depth === 0) clauses.at(-1)?.push(quoted ? "`" : /^'.*\W.*'$/s.test(text) ? "''" : text.toUpperCase());
    }
    return clauses.map((words) => words.join(" "));
  }

  /** Every name from here to one of the words outside parentheses, once: tables, their aliases, columns. */
  namesBefore(...ends: string[]): TableName[] {
    const names = new Map<string, TableName>();
    for (let depth = 0; this.at < this.tokens.length;) {
      const { text, quoted } = this.tokens[this.at] as Token;
      if (!quoted && depth === 0 && ends.includes(text.toUpperCase())) break;
      if (quoted || (WORD.test(text) && !BETWEEN_TABLES.has(text.toUpperCase()))) {
        const name = this.name();
        if (name !== null) names.set(`${name.database}.${name.table}`, name);
        // A column of a table with its database.
        while (this.skip(".")) this.at += 1;
        continue;
      }
      if (text === "(") depth += 1;
      if (text === ")") depth -= 1;
      this.at += 1;
    }
    return [...names.values()];
  }

  next(): string | undefined {
    return this.tokens[this.at++]?.text;
  }

  name(): TableName | null {
    const first = this.next();
    if (first === undefined) return null;
    if (!this.skip(".")) return { database: this.database, table: first };
    const second = this.next();
    return second === undefined ? null : { database: first, table: second };
  }

  names(): TableName[] {
    const names: TableName[] = [];
    do {
      const name = this.name();
      if (name !== null) names.push(name);
    } while (this.skip(","));
    return names;
  }
}

const statement = (
  action: DdlStatement["action"],
  tables: readonly (TableName | null)[] = [],
  renamedTo: readonly TableName[] = [],
): DdlStatement => ({ action, tables: tables.filter((t) => t !== null), renamedTo });

function readDrop(cursor: Cursor): DdlStatement {
  if (cursor.skip("TEMPORARY")) return statement("other");
  if (cursor.skip("TABLE", "TABLES")) {
    cursor.skipAll("IF", "EXISTS");
    return statement("drop", cursor.names());
  }
  if (cursor.skip("DATABASE", "SCHEMA")) {
    cursor.skipAll("IF", "EXISTS");
    return droppedDatabase(cursor);
  }
  // DROP INDEX i ON t changes no values.
  return statement("other");
}

function droppedDatabase(cursor: Cursor): DdlStatement {
  const database = cursor.next();
  return statement("dropDatabase", database === undefined ? [] : [{ database, table: "" }]);
}

function readCreate(cursor: Cursor): DdlStatement {
  const replace = cursor.skip("OR") && cursor.skip("REPLACE");
  if (replace && cursor.skip("DATABASE", "SCHEMA")) return droppedDatabase(cursor);
  if (cursor.skip("TEMPORARY") || !cursor.skip("TABLE")) return statement("other");
  cursor.skipAll("IF", "NOT", "EXISTS");
  return statement(replace ? "drop" : "create", [cursor.name()]);
}

function readRename(cursor: Cursor): DdlStatement {
  if (!cursor.skip("TABLE", "TABLES")) return statement("other");
  cursor.skipAll("IF", "EXISTS");
  const from: TableName[] = [];
  const to: TableName[] = [];
  do {
    const old = cursor.name();
    cursor.skipWait();
    if (!cursor.skip("TO")) break;
    const fresh = cursor.name();
    if (old === null || fresh === null) break;
    from.push(old);
    to.push(fresh);
  } while (cursor.skip(","));
  return statement("rename", from, to);
}

/** Clauses of ALTER TABLE that leave every stored value as it is; all others may change some. */
const HARMLESS: readonly RegExp[] = [
  /^(ADD|DROP|RENAME|ALTER) (UNIQUE |FULLTEXT |SPATIAL )?(INDEX|KEY)\b/,
  /^ADD (UNIQUE|FULLTEXT|SPATIAL)\b/,
  /^ADD (CONSTRAINT( (?!PRIMARY)\S*)? )?(FOREIGN KEY|CHECK|UNIQUE)\b/,
  /^DROP (FOREIGN KEY|CONSTRAINT(?! PRIMARY\b)|CHECK)\b/,
  /^ALTER (COLUMN )?\S* ?(SET DEFAULT|DROP DEFAULT)\b/,
  /^(COMMENT|AUTO_INCREMENT|ENGINE|ROW_FORMAT|ALGORITHM|LOCK|FORCE|ENABLE KEYS|DISABLE KEYS|STATS_\w+|KEY_BLOCK_SIZE)\b/,
];

/**
 * Another engine than one that takes every row over and keeps it: BLACKHOLE has none, MERGE and FEDERATED show those of
 * other tables, MEMORY loses them at a restart. Options of a table stand one after another without commas, so that it
 * may come anywhere in a clause.
 */
const OTHER_ENGINE = /\bENGINE (?!(= )?'?(INNODB|MYISAM|ARIA|ROCKSDB|TOKUDB|ARCHIVE|NDB|NDBCLUSTER)\b)/;

/** A new column that is NULL in every row there is: said by no word that could give it another value. */
const NEW_COLUMN =
  /^ADD (COLUMN )?(IF NOT EXISTS )?(?!(?:PARTITION|PRIMARY|CONSTRAINT|FOREIGN|INDEX|KEY|CHECK|PERIOD|SYSTEM)\b)\S+ \w/;
const FILLED = /\b(NOT|DEFAULT(?! NULL\b)|GENERATED|AS|AUTO_INCREMENT|PRIMARY|SERIAL|TIMESTAMP|ON)\b/;

const addsNulls = (clause: string): boolean =>
  NEW_COLUMN.test(clause) && !FILLED.test(clause.replace(/^ADD (COLUMN )?(IF NOT EXISTS )?\S+/, ""));

const isHarmless = (clause: string): boolean =>
  (HARMLESS.some((pattern) => pattern.test(clause)) && !OTHER_ENGINE.test(clause)) || addsNulls(clause);

/** Operations that remove or swap rows of partitions without row events. */
const PARTITION_LOSSES = /\b((DROP|TRUNCATE|EXCHANGE|CONVERT) PARTITION|CONVERT TABLE)\b/;

/** EXCHANGE PARTITION p WITH TABLE t, CONVERT PARTITION p TO TABLE t, CONVERT TABLE t TO PARTITION p: rows move there or from there. */
function otherTable(cursor: Cursor): TableName | null {
  while (cursor.has("TABLE")) {
    if (cursor.skip("TABLE")) return cursor.name();
    cursor.next();
  }
  return null;
}

function readAlter(cursor: Cursor): DdlStatement {
  cursor.skip("ONLINE");
  // MariaDB deletes the rows that a new unique key does not take.
  const ignore = cursor.skip("IGNORE");
  cursor.skip("ONLINE");
  if (!cursor.skip("TABLE")) return statement("other");
  cursor.skipAll("IF", "EXISTS");
  const name = cursor.name();
  cursor.skipWait();
  const clauses = cursor.clauses();
  if (clauses.some((clause) => PARTITION_LOSSES.test(clause)))
    return statement("partition", [name, otherTable(cursor)]);
  if (!ignore && clauses.every(isHarmless)) return statement("other");
  // ALTER TABLE t RENAME [TO|AS|=] u, as opposed to RENAME COLUMN and RENAME INDEX.
  while (cursor.has("RENAME")) {
    const word = cursor.next();
    if (word?.toUpperCase() !== "RENAME") continue;
    if (cursor.skip("COLUMN", "INDEX", "KEY")) continue;
    cursor.skipAll("TO", "AS", "=");
    const fresh = cursor.name();
    if (name !== null && fresh !== null) return statement("rename", [name], [fresh]);
  }
  return statement("alter", [name]);
}

function readData(cursor: Cursor, verb: string): DdlStatement {
  cursor.skipAll("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "QUICK", "INTO", "FROM");
  if (verb === "LOAD" || verb === "WITH") return statement("data");
  // Of several tables any may be the one that is changed: which, only the columns that are set would say.
  if (verb === "UPDATE") return statement("data", cursor.namesBefore("SET"));
  if (verb === "DELETE") return statement("data", cursor.namesBefore("WHERE", "ORDER", "LIMIT", "RETURNING"));
  return statement("data", [cursor.name()]);
}

/** @param database the statement's default database */
export function readStatement(sql: string, database: string): DdlStatement {
  const cursor = new Cursor(tokenise(sql), database);
  const verb = cursor.next()?.toUpperCase() ?? "";
  switch (verb) {
    case "TRUNCATE":
      cursor.skip("TABLE");
      return statement("truncate", [cursor.name()]);
    case "DROP":
      return readDrop(cursor);
    case "RENAME":
      return readRename(cursor);
    case "ALTER":
      return readAlter(cursor);
    case "CREATE":
      return readCreate(cursor);
    case "INSERT":
    case "UPDATE":
    case "DELETE":
    case "REPLACE":
    case "LOAD":
    case "WITH":
      return readData(cursor, verb);
    default:
      return statement("other");
  }
}
