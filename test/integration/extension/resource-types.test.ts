import { beforeAll, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { node, root } from "../../../localstack/engines/paths.ts";
import { resourceTypes, standInOf } from "../../../localstack/resource-types.ts";

const Template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) });
const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

let used: Set<string>;

/** The real app's templates of stage `local`, without bundling the functions. */
beforeAll(async () => {
  const outdir = await mkdtemp(path.join(tmpdir(), "millrace-templates-"));
  const { context } = CdkJson.parse(JSON.parse(await readFile(path.join(root, "cdk.json"), "utf8")));
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, stage: "local", "aws:cdk:bundling-stacks": [] }),
  };
  await promisify(execFile)(node, ["--import", "tsx", path.join("bin", "app.ts")], { cwd: root, env });
  const files = (await readdir(outdir)).filter((name) => name.endsWith(".template.json"));
  const templates = await Promise.all(files.map(async (name) => readFile(path.join(outdir, name), "utf8")));
  used = new Set(
    templates.flatMap((text) => Object.values(Template.parse(JSON.parse(text)).Resources).map(({ Type }) => Type)),
  );
  await rm(outdir, { recursive: true, force: true });
}, 120_000);

describe("the resource types of the local templates", () => {
  it("are all stood in for, and known as real or recorded", () => {
    expect(used.size).toBeGreaterThan(10);
    expect([...used].filter((type) => standInOf(type) === undefined)).toEqual([]);
  });

  it("by the extension and the services have their entry point", async () => {
    const project = await readFile(path.join(root, "localstack", "extension", "pyproject.toml"), "utf8");
    const declared = [...project.matchAll(/^"(aws::[a-z0-9:]+)" =/gm)].map(([, name]) => name);
    // LocalStack keeps these two itself; the services only do their work.
    const ours = Object.entries(resourceTypes)
      .filter(([type, { by }]) => by !== "localstack" && !/^AWS::(Lambda|Scheduler)::/.test(type))
      .map(([type]) => type.toLowerCase());
    expect([...ours, "aws::cloudformation::customresource"].sort()).toEqual(declared.sort());
  });
});
