import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Command } from "commander";
import { CommanderError } from "commander";
import fc from "fast-check";
import { soughtRows, tableNamed } from "../../../cli/forget/request.ts";
import { addColumns, addToList, exportedConstant, importedNames } from "../../../cli/import/edit.ts";
import { createProgram } from "../../../cli/program.ts";
import { namesIn } from "../../../cli/snapshot.ts";
import { pastTime } from "../../../cli/time.ts";
import { MillraceError } from "../../../lambdas/core/errors.ts";
import { qualifiedName } from "../../../schemas/naming.ts";
import { tables } from "../../../schemas/sources/index.ts";
import { damage, damaged, runs } from "../../support/fuzz.ts";
import { everything, lines, orders, tags } from "../../support/loading/tables.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

interface Read {
  /** The command that would have run; null: none. */
  readonly command: string | null;
  readonly output: string;
  readonly error: unknown;
}

/** Reads a command line as `millrace` does, and runs nothing. */
function read(args: readonly string[]): Read {
  const output: string[] = [];
  let command: string | null = null;
  const program = createProgram(
    () => undefined,
    () => undefined,
  );
  const quiet = (one: Command): void => {
    one.exitOverride().configureOutput({
      writeOut: (text) => void output.push(text),
      writeErr: (text) => void output.push(text),
    });
    one.commands.forEach((sub) => {
      quiet(sub);
      sub.action(() => {
        command = sub.name();
      });
    });
  };
  quiet(program);
  try {
    program.parse(["node", "millrace", ...args]);
    return { command, output: output.join(""), error: null };
  } catch (error) {
    return { command, output: output.join(""), error };
  }
}

const commands = createProgram(
  () => undefined,
  () => undefined,
).commands;
const words = [
  ...commands.flatMap((command) => [command.name(), ...command.options.flatMap(({ flags }) => flags.split(/[ ,]+/))]),
  ...["--json=x", "--", "-", "--from=2026-01-01", "--timeout=1e9", "--limit=-1", "", " ", "classicmodels_orders"],
];
const anyWord = fc.oneof(
  fc.constantFrom(...words),
  fc.constantFrom(...words),
  fc.string({ unit: "binary", maxLength: 12 }),
);

describe("command lines of any words", () => {
  it("run one command, or are refused with a sentence", () => {
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 8 }), (args) => {
        const { command, output, error } = read(args);
        if (error === null) expect(command ?? output).not.toBe("");
        else {
          expect(error).toBeInstanceOf(CommanderError);
          expect(command).toBeNull();
          expect(output).toMatch(/\w+ \w+/);
          expect(output).not.toMatch(/^\s+at /m);
        }
      }),
      runs(1_500),
    );
  }, 60_000);

  it.each([
    [["replay"], "required option '--from <time>' not specified"],
    [["replay", "--from", "yesterday"], "A time is needed, for example 2026-03-01"],
    [["replay", "--from", "2026-02-30T05:00:00Z"], "A time is needed"],
    [["replay", "--from", "2026-02-28T25:00:00Z"], "A time is needed"],
    [["replay", "--from", "2999-01-01"], "lies ahead"],
    [["quarantine", "--limit", "0"], "A whole number above 0 is needed"],
    [["status", "--timeout", "NaN"], "A number of seconds above 0 is needed"],
    [["quarantin"], "Did you mean quarantine?"],
    [["redrive", "a", "b"], "too many arguments"],
  ])("%j: %s", (args, says) => {
    expect(read(args).output).toContain(says);
  });
});

/** What is thrown is one of the project's own errors, with a sentence. */
function refuses(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    const isOwn = error instanceof MillraceError || error instanceof CommanderError;
    expect([error, isOwn]).toEqual([error, true]);
    expect((error as Error).message).toMatch(/\w+ \w+/);
  }
}

describe("values of the command line", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.stringMatching(/^[-0-9TZ:. +]{0,30}$/),
    fc.constantFrom("1", "-1", "1e5", "00", "ab", "2024-02-30", "0x", "NULL", "9".repeat(60), "'", "\\"),
  );

  it("are times, or are refused with a sentence", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        refuses(() => expect(Number.isSafeInteger(pastTime(text))).toBe(true));
      }),
      runs(1_000),
    );
    expect(pastTime("2026-03-01T06:30:00", 1e15)).toBe(Date.UTC(2026, 2, 1, 6, 30));
    expect(pastTime("2026-03-01 06:30:00+02:00", 1e15)).toBe(Date.UTC(2026, 2, 1, 4, 30));
    expect(pastTime("2026-03-01", 1e15)).toBe(Date.UTC(2026, 2, 1));
  });

  it("are tables and keys, or are refused with a sentence", () => {
    const all = [orders, tags, lines, everything];
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(anyText, { maxLength: 3 }),
        fc.array(fc.oneof(anyText, fc.constantFrom("lab_tags.order_id", "lab_orders.", "a.b.c", "lab_lines.text")), {
          maxLength: 2,
        }),
        anyText,
        (table, key, also, name) => {
          refuses(() => soughtRows(table, key, also, undefined, all));
          refuses(() => tableNamed(name));
          refuses(() => namesIn(name));
        },
      ),
      runs(1_500),
    );
    expect(namesIn(tables.map(qualifiedName).join(","))).toHaveLength(tables.length);
  });
});

describe("definition files of any bytes", () => {
  const files = ["orders.ts", "index.ts", "../index.ts"].map((name) => {
    const file = path.join(ROOT, "schemas/sources/classicmodels", name);
    return readFileSync(file, "utf8");
  });

  it("are edited by an import, or left with a sentence", () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.option(damage), (text, bad) => {
        const source = bad === null ? text : damaged(Buffer.from(text), bad).toString("utf8");
        refuses(() => importedNames(source));
        refuses(() => exportedConstant(source));
        refuses(() => addToList("f.ts", source, [{ name: "x", module: "./x.ts", element: "x" }]));
        refuses(() => addColumns(source, ['    x: column("x", int())'], ["column", "int"]));
      }),
      runs(400),
    );
  }, 60_000);
});
