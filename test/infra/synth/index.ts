import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FunctionName, StageName } from "../../../lib/config.ts";
import type { Resource, StackTemplate, SynthReport, Synthesized } from "./shape.ts";

export const ROOT = join(import.meta.dirname, "../../..");

/** What setup.ts had synthesized before the tests. */
export const report = JSON.parse(
  readFileSync(join(process.env["MILLRACE_INFRA"] ?? "", "report.json"), "utf8"),
) as SynthReport;

export const stage = (name: StageName): Synthesized => report.stages[name];

/** Resources of one type, by logical id. */
export function resourcesOf(template: StackTemplate, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** A function's environment in the template, with a word for each reference. */
export function environmentOf(of: StageName, name: FunctionName): Record<string, string> {
  const camel = name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  const [, lambda] =
    resourcesOf(stage(of).templates.Pipeline, "AWS::Lambda::Function").find(([logical]) =>
      logical.includes(`${camel}Function`),
    ) ?? [];
  const { Variables = {} } = (lambda?.Properties["Environment"] ?? {}) as { Variables?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(Variables).map(([key, value]) => [key, typeof value === "string" ? value : "reference"]),
  );
}
