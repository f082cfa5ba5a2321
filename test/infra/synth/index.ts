import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StageName } from "../../../lib/config.ts";
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
