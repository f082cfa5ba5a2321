import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "@jest/globals";

const ROOT = join(__dirname, "..", "..");
const FILES = join(ROOT, "test", "golden", "files");

/** `UPDATE_GOLDEN=1` (npm run golden) writes what the code makes now; the diff is then reviewed like code. */
const updating = process.env["UPDATE_GOLDEN"] === "1";

/** Compares a text with `test/golden/files/<name>`. */
export function expectGolden(name: string, text: string): void {
  expectFile(join(FILES, name), text);
}

/** Compares a text with a generated file elsewhere in the repository, e.g. `docs/dictionary.md`. */
export function expectGenerated(path: string, text: string): void {
  expectFile(join(ROOT, path), text);
}

/** A script: statements one after another, each ended by `;`. */
export const script = (statements: readonly string[]): string => statements.map((sql) => `${sql};\n`).join("\n");

function expectFile(path: string, text: string): void {
  if (updating) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run golden\` and review what it writes`);
  expect(text).toBe(readFileSync(path, "utf8"));
}
