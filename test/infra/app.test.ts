import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ROOT } from "./synth/index.ts";

const settings = JSON.parse(readFileSync(join(ROOT, "cdk.json"), "utf8")) as {
  readonly app: string;
  readonly context: Readonly<Record<string, unknown>>;
};

describe("bin/app.ts", () => {
  it("has at most 40 lines", () => {
    expect(readFileSync(join(ROOT, "bin/app.ts"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(40);
  });

  it("is what cdk.json starts, and writes the three stacks of the stage that is asked for", () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-app-"));
    const context = { ...settings.context, stage: "prod", "aws:cdk:bundling-stacks": [] };
    const { PATH, HOME } = process.env;
    const run = spawnSync(settings.app, {
      cwd: ROOT,
      shell: true,
      // The checks of templates take most of the time, and ran on this stage already: see synth/main.ts.
      env: { PATH, HOME, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: "false" },
      encoding: "utf8",
    });
    const written = readdirSync(folder).filter((name) => name.endsWith(".template.json"));
    rmSync(folder, { recursive: true });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(written.sort()).toEqual(
      ["Data", "Observability", "Pipeline"].map((part) => `Millrace-prod-${part}.template.json`),
    );
  }, 60_000);
});

describe("cdk.json", () => {
  const recommended = JSON.parse(
    readFileSync(join(ROOT, "node_modules/aws-cdk-lib/recommended-feature-flags.json"), "utf8"),
  ) as Readonly<Record<string, unknown>>;

  it("takes every recommended flag of the installed library, save for weak references between stacks", () => {
    expect(settings.context).toMatchObject({
      ...recommended,
      "@aws-cdk/core:defaultCrossStackReferences": "strong",
    });
  });

  it("reports nothing to anybody", () => {
    expect(settings).toMatchObject({ notices: false, versionReporting: false, context: { "cli-telemetry": false } });
  });
});
