import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";
import type { FunctionName } from "../config.ts";
import { ownSourceMap } from "./own-source-map.ts";

const ROOT = join(import.meta.dirname, "../..");

/** esbuild's ESM output has no `require`; dependencies in CommonJS call it for Node's own modules. */
const BANNER =
  'import { createRequire as millraceRequire } from "node:module"; const require = millraceRequire(import.meta.url);';

/** File and export that the runtime calls. */
export const HANDLER = "index.handler";

/**
 * Code of one function. esbuild runs in this process: CDK's NodejsFunction starts it through npx, which costs nearly a
 * second for each function, and falls back to Docker when it does not find it.
 */
export function bundledCode(name: FunctionName): Code {
  return Code.fromAsset(join(ROOT, "lambdas", name), {
    // What comes out counts: a change that esbuild drops deploys nothing.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("not-used"),
      local: {
        tryBundle: (folder) => {
          bundle(name, folder);
          return true;
        },
      },
    },
  });
}

/** Writes `index.mjs` and its source map: one ES module that needs nothing but Node 24. */
export function bundle(name: FunctionName, folder: string): void {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`lambdas/${name}/handler.ts`],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // ES modules first: they are the ones that can be shaken.
    mainFields: ["module", "main"],
    // The SDK is bundled as well: the runtime's own copy is older than the lock file's, and nothing here tests it.
    external: [],
    banner: { js: BANNER },
    minify: false,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    // Relative to the repository, not to where the assembly is written: equal code has an equal hash anywhere.
    outfile: "index.mjs",
    write: false,
    logLevel: "warning",
  });
  mkdirSync(folder, { recursive: true });
  for (const { path, contents, text } of outputFiles) {
    writeFileSync(join(folder, basename(path)), path.endsWith(".map") ? ownSourceMap(text) : contents);
  }
}
