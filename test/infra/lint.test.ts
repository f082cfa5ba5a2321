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
  const missing = `${CFN_LINT} is missing: run \`node localstack/setup/main.mjs\``;
  // Setup comes first wherever the whole check runs: there, a linter that is missing is a failure.
  const skips = !installed && (process.env["CI"] ?? "") === "";
  if (skips) process.stderr.write(`Templates are NOT linted: ${missing}.\n`);

  (skips ? it.skip : it)(
    skips
      ? `finds nothing in any template of any stage (skipped: ${missing})`
      : "finds nothing in any template of any stage",
    () => {
      if (!installed) throw new Error(missing);
      const templates = STAGES.flatMap((known) => stage(known).files);
      expect(templates).toHaveLength(9);
      const run = spawnSync(CFN_LINT, ["--ignore-checks", ...ACCEPTED, "--", ...templates], { encoding: "utf8" });
      expect([run.stdout, run.stderr, run.status]).toEqual(["", "", 0]);
    },
    120_000,
  );
});
