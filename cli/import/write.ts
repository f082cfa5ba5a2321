import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { CommandError } from "../errors.ts";
import { INDEX, readIfThere } from "./area.ts";
import type { ImportPlan } from "./plan.ts";

/**
 * Writes a plan's files, formatted as the project is. What is there and not in the index is nobody's to overwrite,
 * unless it is what a broken-off import has left.
 * @returns paths of what was written
 * @throws CommandError before anything is written
 */
export async function writePlan(root: string, { files, outcomes }: ImportPlan): Promise<readonly string[]> {
  const isNew = new Set(outcomes.filter(({ action }) => action === "created").map(({ file }) => file));
  const texts: (readonly [file: string, text: string])[] = [];
  for (const [file, text] of files) {
    const at = path.join(root, file);
    const formatted = await format(text, { ...(await resolveConfig(at)), filepath: at });
    const there = readIfThere(root, file);
    if (isNew.has(file) && there !== undefined && there !== formatted) {
      throw new CommandError(
        `${file} is there already, and ${INDEX} does not know its area: add the area there, or move the folder away.`,
      );
    }
    texts.push([file, formatted]);
  }
  for (const [file, text] of texts) {
    const at = path.join(root, file);
    await mkdir(path.dirname(at), { recursive: true });
    // Whole or not at all: a definition that is cut off would not compile.
    await writeFile(`${at}.new`, text);
    await rename(`${at}.new`, at);
  }
  return texts.map(([file]) => file);
}
