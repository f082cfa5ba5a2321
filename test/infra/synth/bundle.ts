/** Bundles every function as a deployment does: `bundle.ts <folder>` writes `<folder>/<function>/index.mjs`. */
import { join } from "node:path";
import { FUNCTIONS } from "../../../lib/config.ts";
import { bundle } from "../../../lib/constructs/bundled-code.ts";

for (const name of FUNCTIONS) bundle(name, join(process.argv[2] ?? "", name));
