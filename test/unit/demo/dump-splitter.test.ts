import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { DumpStatement } from "../../../localstack/demo/source/dump-splitter.ts";
import { DumpSplitter, DumpSyntaxError } from "../../../localstack/demo/source/dump-splitter.ts";

function split(text: string): DumpStatement[] {
  const splitter = new DumpSplitter();
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return [...lines.flatMap((line) => splitter.push(line)), ...splitter.end()];
}
const sqlOf = (text: string): string[] => split(text).map((statement) => statement.sql);

describe("DumpSplitter", () => {
  it("splits at semicolons and tells where each statement starts", () => {
    expect(split("SELECT 1;\n\n  SELECT\n 2 ; SELECT 3")).toEqual([
      { line: 1, sql: "SELECT 1" },
      { line: 3, sql: "SELECT\n 2" },
      { line: 4, sql: "SELECT 3" },
    ]);
  });

  it.each([
    ["in strings", `INSERT INTO t VALUES ('a;b', "c;d")`],
    ["in names", "SELECT `a;b` FROM t"],
    ["after a doubled quote", "SELECT 'it''s; fine'"],
    ["after an escaped quote", "SELECT 'it\\'s; fine'"],
    ["after an escaped backslash", "SELECT 'C:\\\\', ';'"],
    ["in a string over lines", "SELECT 'one;\ntwo -- three\n/* four'"],
    ["in a version comment", "/*!50003 CREATE TRIGGER x BEGIN SELECT 1; END */"],
  ])("keeps semicolons %s", (_where, sql) => {
    expect(sqlOf(`${sql};`)).toEqual([sql]);
  });

  it("leaves plain comments out and version comments in", () => {
    expect(
      sqlOf(
        "-- one; two\n# three; four\n/* five;\n six */ SELECT /* in */ 1;\n/*!40101 SET NAMES utf8 */;\n/*M!100 SET x */;",
      ),
    ).toEqual(["SELECT   1", "/*!40101 SET NAMES utf8 */", "/*M!100 SET x */"]);
  });

  it("does not take two dashes without a blank for a comment", () => {
    expect(sqlOf("SELECT 5--3;")).toEqual(["SELECT 5--3"]);
  });

  it("obeys DELIMITER", () => {
    expect(sqlOf("DELIMITER ;;\nCREATE TRIGGER x BEGIN SELECT 1; END ;;\nDELIMITER ;\nSELECT 2;")).toEqual([
      "CREATE TRIGGER x BEGIN SELECT 1; END",
      "SELECT 2",
    ]);
  });

  it.each([
    ["SELECT 1;\nSELECT 'open;\n", 2, "string opened with '"],
    ["SELECT `open;", 1, "name opened with `"],
    ["SELECT 1;\n\n/* open", 3, "comment opened with /*"],
    ["/*!40101 SET", 1, "comment opened with /*!"],
  ])("says where %j was opened", (text, line, what) => {
    const attempt = () => split(text);
    expect(attempt).toThrow(DumpSyntaxError);
    expect(attempt).toThrow(what);
    expect(attempt).toThrow(expect.objectContaining({ line }));
  });

  it("gives back the statements that a dump was made of, whatever their strings hold", () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      "`",
      ";",
      "\\",
      "\n",
      "-- ",
      "#",
      "/*",
      "*/",
      "a",
      "é",
      "\r\n",
      "delimiter x",
    );
    const quoted = fc.array(piece, { maxLength: 12 }).map((parts) => {
      const text = parts.join("");
      return `SELECT '${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    });
    const comment = fc.constantFrom("", "-- a; 'b\n", '# c; "d\n', "/* e; `f */");
    fc.assert(
      fc.property(fc.array(fc.tuple(comment, quoted), { maxLength: 6 }), (statements) => {
        const dump = statements.map(([before, sql]) => `${before}${sql};\n`).join("");
        expect(sqlOf(dump)).toEqual(statements.map(([, sql]) => sql));
      }),
    );
  });

  it("ends or refuses on any text at all", () => {
    const letters = fc.constantFrom("'", '"', "`", ";", "\\", "#", "-", "/", "*", "!", " ", "\n", "a", "delimiter");
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 60 }), (text) => {
        try {
          for (const { sql } of split(text)) expect(sql).not.toBe("");
        } catch (error) {
          expect(error).toBeInstanceOf(DumpSyntaxError);
        }
      }),
    );
  });
});
