import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { STAGES } from "../../lib/config.ts";
import { ROOT, stage } from "./synth/index.ts";

const CFN_LINT = join(ROOT, ".local/python/bin/cfn-lint");

/** Warnings that are right here; errors are never passed over. */
const ACCEPTED = [
  // CDK names a dependency although a reference implies it.
  "W3005",
  // Zones are named, so that synth needs no account and three are sure to be there.
  "W3010",
];

describe("cfn-lint", () => {
  const installed = existsSync(CFN_LINT);
  const name = "finds nothing in any template of any stage";
  if (!installed) {
    process.stderr.write(
      "cfn-lint is not installed, templates are not linted: run `node localstack/setup/main.mjs`.\n",
    );
  }
  (installed ? it : it.skip)(
    name,
    () => {
      const templates = STAGES.flatMap((known) => stage(known).files);
      expect(templates).toHaveLength(9);
      const run = spawnSync(CFN_LINT, ["--ignore-checks", ...ACCEPTED, "--", ...templates], { encoding: "utf8" });
      expect([run.stdout, run.stderr, run.status]).toEqual(["", "", 0]);
    },
    120_000,
  );
});
