/**
 * A stamp says what an installed folder was made from. It is written last and removed first, so an install that was
 * broken off has none and is done again.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bookkeeping } from "./paths.mjs";

const file = (name) => path.join(bookkeeping, `${name}.stamp`);

/** The key that the named install was finished with, or undefined. */
export function readStamp(name) {
  try {
    return readFileSync(file(name), "utf8");
  } catch {
    return undefined;
  }
}

export function writeStamp(name, key) {
  mkdirSync(bookkeeping, { recursive: true });
  const partial = `${file(name)}.${process.pid}`;
  writeFileSync(partial, key);
  renameSync(partial, file(name));
}

export function removeStamp(name) {
  rmSync(file(name), { force: true });
}

/** One hash over the names and bytes of files, and over the files of folders, and over plain words. */
export function hashOf(paths, ...words) {
  const hash = createHash("sha256");
  for (const each of paths) {
    for (const one of filesUnder(each)) hash.update(path.relative(each, one)).update("\0").update(readFileSync(one));
  }
  for (const word of words) hash.update("\0").update(String(word));
  return hash.digest("hex");
}

function filesUnder(target) {
  let entries;
  try {
    entries = readdirSync(target, { withFileTypes: true });
  } catch {
    return [target];
  }
  return entries
    .filter((entry) => entry.name !== "__pycache__" && !entry.name.endsWith(".egg-info") && entry.name !== "build")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(path.join(target, entry.name)));
}
