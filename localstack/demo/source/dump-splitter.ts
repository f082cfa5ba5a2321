/** One statement of a dump, with the line it starts on. */
export interface DumpStatement {
  readonly line: number;
  readonly sql: string;
}

/** A dump that ends inside a string, name or comment. */
export class DumpSyntaxError extends Error {
  override readonly name = "DumpSyntaxError";
  /** Where it was opened. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

type Inside = "code" | "'" | '"' | "`" | "comment";

const OPENED = {
  "'": "a string opened with '",
  '"': 'a string opened with "',
  "`": "a name opened with `",
  comment: "a comment opened with /*",
} as const;
const STRING_END = { "'": /\\[^]|'/g, '"': /\\[^]|"/g, "`": /`/g } as const;

/**
 * Splits what mysqldump and its relatives write into statements, line by line: nothing but strings, names and comments
 * spans lines. Plain comments are left out; version comments are kept, since the server executes them; DELIMITER lines
 * are obeyed, since the server does not know them.
 */
export class DumpSplitter {
  private inside: Inside = "code";
  /** Version comments hold code, so strings and plain comments may stand in them. */
  private versionCommentAt: number | null = null;
  private openedAt = 1;
  private delimiter = ";";
  private code = codePattern(";");
  private line = 0;
  private parts: string[] = [];
  private statementAt: number | null = null;

  /** @param text one line with its line end. @returns the statements that end on it */
  push(text: string): DumpStatement[] {
    this.line++;
    const delimiter = this.statementAt === null && this.inside === "code" ? /^\s*delimiter\s+(\S+)/i.exec(text) : null;
    if (delimiter !== null) {
      this.delimiter = delimiter[1] ?? ";";
      this.code = codePattern(this.delimiter);
      return [];
    }
    const found: DumpStatement[] = [];
    let at = 0;
    while (at < text.length) at = this.inside === "code" ? this.readCode(text, at, found) : this.readInside(text, at);
    return found;
  }

  /** @returns what is left: a last statement without delimiter. @throws DumpSyntaxError when the text ends inside something */
  end(): DumpStatement[] {
    if (this.inside !== "code") throw new DumpSyntaxError(this.openedAt, `${OPENED[this.inside]} is never closed`);
    if (this.versionCommentAt !== null) {
      throw new DumpSyntaxError(this.versionCommentAt, "a comment opened with /*! is never closed");
    }
    const last = this.take();
    return last === null ? [] : [last];
  }

  /** Code up to the next thing that matters. @returns where to go on */
  private readCode(text: string, at: number, found: DumpStatement[]): number {
    this.code.lastIndex = at;
    const match = this.code.exec(text);
    const token = match?.[0] ?? "";
    const start = match?.index ?? text.length;
    const after = start + token.length;
    this.keep(text.slice(at, start));
    switch (token) {
      case "":
        return text.length;
      case "'":
      case '"':
      case "`":
        this.keep(token);
        this.open(token);
        return after;
      case "#":
      case "--":
        this.keep("\n");
        return text.length;
      case "/*":
        this.open("comment");
        this.keep(" ");
        return after;
      case "/*!":
      case "/*M!":
        this.keep(token);
        this.versionCommentAt = this.line;
        return after;
      case "*/":
        this.keep(token);
        this.versionCommentAt = null;
        return after;
      default: {
        // A delimiter inside a version comment belongs to the code in it.
        if (this.versionCommentAt !== null) {
          this.keep(token);
          return after;
        }
        const statement = this.take();
        if (statement !== null) found.push(statement);
        return after;
      }
    }
  }

  private readInside(text: string, at: number): number {
    if (this.inside === "comment") {
      const end = text.indexOf("*/", at);
      if (end === -1) return text.length;
      this.inside = "code";
      return end + 2;
    }
    if (this.inside === "code") return at;
    const pattern = STRING_END[this.inside];
    pattern.lastIndex = at;
    let match = pattern.exec(text);
    while (match !== null && match[0] !== this.inside) match = pattern.exec(text);
    const end = match === null ? text.length : match.index + 1;
    this.keep(text.slice(at, end));
    // A doubled quote closes and opens again, which comes to the same.
    if (match !== null) this.inside = "code";
    return end;
  }

  private open(what: Exclude<Inside, "code">): void {
    this.inside = what;
    this.openedAt = this.line;
  }

  private keep(text: string): void {
    if (this.statementAt === null && text.trim() === "") return;
    this.statementAt ??= this.line;
    this.parts.push(text);
  }

  private take(): DumpStatement | null {
    const line = this.statementAt;
    const sql = this.parts.join("").trim();
    this.parts = [];
    this.statementAt = null;
    return line === null || sql === "" ? null : { line, sql };
  }
}

/** What matters in code. Two dashes are a comment only before a blank: `5--3` is arithmetic. */
function codePattern(delimiter: string): RegExp {
  const escaped = delimiter.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`['"\`#]|--(?=\\s|$)|/\\*M?!|/\\*|\\*/|${escaped}`, "g");
}
