import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SqlError } from "../../../../localstack/services/sql/errors.ts";
import { tokenize } from "../../../../localstack/services/sql/tokenizer.ts";

const values = (sql: string): string[] => tokenize(sql).slice(0, -1).map(({ kind, value }) => `${kind}:${value}`); // prettier-ignore

describe("tokenize", () => {
  it("folds words, keeps quoted names, numbers and operators", () => {
    expect(values('SELECT "A b", x.Y >= 1.5e3 || :p::INT')).toEqual([
      "word:select", "quoted:A b", "operator:,", "word:x", "operator:.", "word:y", "operator:>=", "number:1.5e3",
      "operator:||", "parameter:p", "operator:::", "word:int",
    ]); // prettier-ignore
  });

  it("drops line and nested block comments", () => {
    expect(values("a -- b 'c\n/* d /* e */ 'f */ g --")).toEqual(["word:a", "word:g"]);
  });

  it("resolves doubled quotes and backslashes as Redshift does", () => {
    expect(values(String.raw`'it''s' 'a\'b' 'c\\d' 'e\nf' 'g\052' 'h\q'`)).toEqual([
      "string:it's", "string:a'b", "string:c\\d", "string:e\nf", "string:g*", "string:hq",
    ]); // prettier-ignore
    expect(values('"a""b"')).toEqual(['quoted:a"b']);
  });

  it("reads dollar quotes with and without a tag, and temporary names", () => {
    expect(values("$$it's$$ $t$ $$ $t$ #stage")).toEqual(["string:it's", "string: $$ ", "word:#stage"]);
  });

  it.each([
    ["'open", "unterminated quoted string"],
    ['"open', "unterminated quoted identifier"],
    ["/* open", "unterminated /* comment"],
    ["$a$ open", "unterminated dollar-quoted string"],
    ['""', "zero-length delimited identifier"],
    ["e'a'", "no literal prefix is known"],
    ["12ab", "junk after a number"],
    ["select `a`", "syntax error"],
    ["select $1", "syntax error"],
    ["select a\0", "syntax error"],
  ])("refuses %j with a sentence", (sql, sentence) => {
    expect(() => tokenize(sql)).toThrow(sentence);
  });

  it("never fails without a sentence, and loses no character", () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      "$",
      "$$",
      "\\",
      "--",
      "/*",
      "*/",
      "\n",
      ":",
      "::",
      ";",
      "(",
      "a",
      "1",
      ".",
      " ",
      "é",
      "#",
      "\u{1F600}",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (sql) => {
        try {
          const tokens = tokenize(sql);
          for (const [i, token] of tokens.entries()) {
            expect(sql.slice(token.start, token.start + token.raw.length)).toBe(token.raw);
            const before = tokens[i - 1];
            const gap = sql.slice(before === undefined ? 0 : before.start + before.raw.length, token.start);
            if (!/--|\/\*/.test(gap)) expect(gap.trim()).toBe("");
          }
        } catch (error) {
          if (!(error instanceof SqlError)) throw error;
          expect(error.message).not.toBe("");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
