import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";

const ROOT = join(__dirname, "..", "..");
const FILES = join(ROOT, "test", "golden", "files");
const PYTHON = join(ROOT, ".local", "python", "bin", "python");

/** Reads scripts from standard input as JSON {name: text}; answers {name: problem} for those that do not parse. */
const CHECK = `
import json, sys, logging
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel
logging.disable(logging.CRITICAL)
# Statements that sqlglot keeps as they are, in any dialect.
KEPT = ("LOCK ", "COPY ")
problems = {}
for name, text in json.load(sys.stdin).items():
    try:
        for statement in sqlglot.parse(text, read="redshift", error_level=ErrorLevel.RAISE):
            if isinstance(statement, exp.Command) and not statement.sql().startswith(KEPT):
                problems[name] = "not understood: " + statement.sql()[:200]
    except Exception as error:
        problems[name] = str(error)[:500]
json.dump(problems, sys.stdout)
`;

describe("golden SQL under sqlglot's Redshift grammar", () => {
  it("parses", () => {
    const names = readdirSync(FILES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".sql"));
    const scripts = Object.fromEntries(names.map((name) => [name, readFileSync(join(FILES, name), "utf8")]));
    const answer = execFileSync(PYTHON, ["-c", CHECK], { input: JSON.stringify(scripts), encoding: "utf8" });
    expect(names.length).toBeGreaterThan(8);
    expect(JSON.parse(answer)).toEqual({});
  }, 60_000);
});
