import type { SourceFile } from "./imports.ts";

interface Layer {
  readonly name: string;
  readonly where: RegExp;
  /** What of the repository it may import. `<own>` stands for the folder below lambdas/ that the file is in. */
  readonly files: readonly string[];
  /** Packages and Node's modules it may import. @default - any */
  readonly packages?: RegExp;
  readonly mayReadEnvironment?: true;
}

/** Pure computation, and parsing at the edge. */
const PURE = /^(zod|node:(crypto|zlib|buffer))$/;
/** The same, and types of AWS events. */
const USE_CASE = /^(zod|aws-lambda|node:(crypto|zlib|buffer))$/;

/** The first layer that fits is a file's. Imports go one way (docs/ARCHITECTURE.md). */
const LAYERS: readonly Layer[] = [
  { name: "bin", where: /^bin\//, files: ["bin/", "lib/", "cli/"], mayReadEnvironment: true },
  {
    name: "lib",
    where: /^lib\//,
    // Metric names are what functions and alarms share.
    files: ["lib/", "schemas/", "lambdas/*/env.ts", "lambdas/core/metrics.ts"],
  },
  {
    name: "cli",
    where: /^cli\//,
    files: ["cli/", "lambdas/core/", "lambdas/adapters/", "schemas/"],
    mayReadEnvironment: true,
  },
  { name: "schemas", where: /^schemas\//, files: ["schemas/"], packages: PURE },
  { name: "core", where: /^lambdas\/core\//, files: ["lambdas/core/", "schemas/"], packages: PURE },
  { name: "adapter", where: /^lambdas\/adapters\//, files: ["lambdas/adapters/", "lambdas/core/", "schemas/"] },
  { name: "contract", where: /^lambdas\/[^/]+\/env\.ts$/, files: ["lambdas/core/env.ts"], packages: PURE },
  {
    name: "handler",
    where: /^lambdas\/[^/]+\/handler\.ts$/,
    files: ["<own>", "lambdas/adapters/", "lambdas/core/", "schemas/"],
    // Clients are made by adapters.
    packages: USE_CASE,
    mayReadEnvironment: true,
  },
  {
    name: "use case",
    where: /^lambdas\/[^/]+\//,
    files: ["<own>", "lambdas/core/", "schemas/"],
    packages: USE_CASE,
  },
  {
    name: "localstack",
    where: /^localstack\//,
    files: ["localstack/", "lambdas/", "schemas/", "cli/", "test/", "bench/", "bin/millrace.ts"],
    mayReadEnvironment: true,
  },
  {
    name: "integration test",
    where: /^test\/(integration|e2e|faults)\//,
    files: ["localstack/", "lambdas/", "schemas/", "cli/", "test/", "bench/", "bin/millrace.ts"],
    mayReadEnvironment: true,
  },
];

/** The name of the rule that a file falls under, or undefined. */
export const layerOf = (path: string): string | undefined => LAYERS.find(({ where }) => where.test(path))?.name;

/** Sentences that say what a file imports and may not; empty when all is well. */
export function violations(file: SourceFile): readonly string[] {
  const layer = LAYERS.find(({ where }) => where.test(file.path));
  if (layer === undefined) return [`${file.path} is in no layer that the rules know`];
  const own = `${file.path.split("/").slice(0, 2).join("/")}/`;
  const allowed = layer.files.map((pattern) => matcher(pattern.replace("<own>", own)));
  const problem = (what: string): string => `${file.path} (${layer.name}) ${what}`;
  return [
    ...file.files
      .filter((imported) => !allowed.some((fits) => fits.test(imported)) || beginsThere(imported, layer))
      .map((imported) => problem(`imports ${imported}`)),
    ...file.packages
      .filter((name) => layer.packages !== undefined && !layer.packages.test(name))
      .map((name) => problem(`imports the package ${name}`)),
    ...(file.readsEnvironment && layer.mayReadEnvironment !== true && layer.name !== "adapter"
      ? [problem("reads process.env")]
      : []),
  ];
}

/** A handler is where a function begins: nothing of the functions imports one, not even its own use case. */
const beginsThere = (imported: string, layer: Layer): boolean =>
  imported.endsWith("/handler.ts") && ["handler", "use case", "adapter", "core"].includes(layer.name);

/** A folder (ends with a slash) or a file; `*` is one folder. */
function matcher(pattern: string): RegExp {
  const escaped = pattern.replace(/[.]/g, "\\.").replace("*", "[^/]+");
  return new RegExp(`^${escaped}${pattern.endsWith("/") ? "" : "$"}`);
}
