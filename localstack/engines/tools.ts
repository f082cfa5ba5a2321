import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { EngineError } from "./engine.ts";
import { local } from "./paths.ts";

/** What setup found on the machine or installed; see localstack/setup/install.mjs. */
const Tools = z.object({
  java: z.string(),
  server: z
    .object({
      kind: z.enum(["mariadb", "mysql"]),
      version: z.string(),
      program: z.string(),
      basedir: z.string(),
      /** Folder of shared libraries that the program needs, if it brought its own. */
      libraries: z.string().nullable(),
    })
    .optional(),
});
export type Tools = z.infer<typeof Tools>;
export type SourceServer = NonNullable<Tools["server"]>;

/** @returns the programs that setup recorded. */
export async function readTools(): Promise<Tools> {
  const file = path.join(local, "tools.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  const parsed = text === undefined ? undefined : Tools.safeParse(JSON.parse(text));
  if (parsed?.success !== true) throw new EngineError("Setup has not run: start `node localstack/setup/main.mjs`.");
  return parsed.data;
}
