/** Synthesizes every variant that the tests look at: `main.ts <folder>` writes `<folder>/report.json`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { AwsSolutionsChecks } from "cdk-nag";
import { configFrom } from "../../../lib/config.ts";
import type { StageName } from "../../../lib/config.ts";
import type { SourceConfig } from "../../../lib/sources.ts";
import { acknowledgeWildcards } from "../../../lib/constructs/acknowledge.ts";
import { createStacks } from "../../../lib/stacks/index.ts";
import { column, int, varchar } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { tables as captured } from "../../../schemas/sources/index.ts";
import type { StackPart, StackTemplate, SynthReport, Synthesized } from "./shape.ts";

const folder = process.argv[2] ?? "";
const settings = JSON.parse(readFileSync(join(import.meta.dirname, "../../../cdk.json"), "utf8")) as {
  readonly context: object;
};

/** The app with the project's settings and cdk-nag, without bundling. */
function createApp(name: string, context: Readonly<Record<string, unknown>>): App {
  const app = new App({
    context: { ...settings.context, "aws:cdk:bundling-stacks": [], ...context },
    outdir: join(folder, name),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

function synthesize(
  name: string,
  stage: StageName,
  tables = captured,
  context = {},
  more: readonly SourceConfig[] = [],
): Synthesized {
  const app = createApp(name, { stage, ...context });
  const config = configFrom(app.node);
  createStacks(app, { ...config, sources: [...config.sources, ...more] }, tables);
  const assembly = app.synth();
  const template = (part: StackPart): StackTemplate =>
    assembly.getStackByName(`Millrace-${stage}-${part}`).template as StackTemplate;
  return {
    files: assembly.stacks.map((stack) => stack.templateFullPath),
    missing: assembly.manifest.missing ?? [],
    protectedStacks: assembly.stacks.filter((stack) => stack.terminationProtection).map((stack) => stack.stackName),
    templates: { Data: template("Data"), Pipeline: template("Pipeline"), Observability: template("Observability") },
  };
}

/** Beside the stage's own source. */
const MORE_SOURCES: readonly SourceConfig[] = [
  {
    name: "orders-eu",
    host: "orders.millrace.internal",
    port: 3307,
    secretName: "millrace/prod/orders",
    tls: "required",
    areas: ["orders", "returns"],
  },
  {
    name: "stock",
    host: "stock.millrace.internal",
    port: 3306,
    secretName: "millrace/prod/stock",
    tls: "required",
    areas: ["stock"],
  },
];

function syntheticTables(count: number, name = "synthetic"): readonly AnyTable[] {
  const area = { name, database: name };
  return Array.from({ length: count }, (_, i) =>
    defineTable({
      area,
      name: `table_with_a_rather_long_name_${String(i)}`,
      comment: "Synthetic.",
      columns: { id: column("id", int()), name: column("name", varchar(100)) },
      key: ["id"],
    }),
  );
}

/** The report of a synth that fails on a role that may read `granted` when only `/x/*` of one bucket is acknowledged. */
function wildcards(name: string, granted: string[]): string | null {
  const app = createApp(name, {});
  const role = new Role(new Stack(app, "Stack"), "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  const reading = new PolicyStatement({ actions: ["s3:GetObject"], resources: granted });
  new Policy(role, "Policy", { roles: [role], statements: [reading] });
  acknowledgeWildcards(role, ["arn:aws:s3:::a/x/*"], "for the test");
  try {
    app.synth();
    return null;
  } catch {
    return readFileSync(join(folder, name, "validation-report.json"), "utf8");
  }
}

const report: SynthReport = {
  stages: {
    local: synthesize("local", "local"),
    dev: synthesize("dev", "dev"),
    prod: synthesize("prod", "prod"),
  },
  deleting: {
    "local local": synthesize("local-local", "local", captured, { deleteData: "local" }),
    "local dev": synthesize("local-dev", "local", captured, { deleteData: "dev" }),
    "prod prod": synthesize("prod-prod", "prod", captured, { deleteData: "prod" }),
  },
  scaled: {
    100: synthesize("scaled-100", "prod", syntheticTables(100)),
    200: synthesize("scaled-200", "prod", syntheticTables(200)),
  },
  sources: synthesize(
    "sources",
    "prod",
    [...captured, ...["orders", "returns", "stock"].flatMap((area) => syntheticTables(2, area))],
    {},
    MORE_SOURCES,
  ),
  wildcards: {
    declared: wildcards("declared", ["arn:aws:s3:::a/x/*"]),
    another: wildcards("another", ["arn:aws:s3:::a/x/*", "arn:aws:s3:::b/*"]),
    everything: wildcards("everything", ["*"]),
  },
};
writeFileSync(join(folder, "report.json"), JSON.stringify(report));
