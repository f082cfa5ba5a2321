import { cp, mkdir, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { node, root } from "../../../localstack/engines/paths.ts";
import { runToEnd } from "../../../localstack/engines/process.ts";

/** What the functions are bundled from. */
const SOURCES = [
  "lambdas",
  "schemas",
  "lib",
  "test/infra/synth",
  "test/faults/world/visits.ts",
  "package.json",
  "tsconfig.json",
];

/** The shipped definitions and the harness's own table: a deployment with one more area. */
const INDEX = `import type { AnyTable } from "../model/table.ts";
import { visits } from "../../test/faults/world/visits.ts";
import { tables as shipped } from "./shipped.ts";

export const tables: readonly AnyTable[] = [...shipped, visits];
`;

/**
 * Bundles every function as a deployment does, out of a copy of this checkout with one definition more.
 * @returns the folder with a folder for each function
 */
export async function bundleFunctions(dataDir: string): Promise<string> {
  const copy = path.join(dataDir, "checkout");
  for (const source of SOURCES) {
    await mkdir(path.dirname(path.join(copy, source)), { recursive: true });
    await cp(path.join(root, source), path.join(copy, source), { recursive: true });
  }
  await symlink(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  const definitions = path.join(copy, "schemas", "sources");
  await rename(path.join(definitions, "index.ts"), path.join(definitions, "shipped.ts"));
  await writeFile(path.join(definitions, "index.ts"), INDEX);
  const folder = path.join(dataDir, "bundles");
  await runToEnd({
    name: "bundles",
    command: node,
    args: ["--import", "tsx", path.join("test", "infra", "synth", "bundle.ts"), folder],
    cwd: copy,
    log: path.join(dataDir, "logs", "bundles.log"),
  });
  return folder;
}
