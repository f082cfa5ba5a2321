import { describe, expect, it } from "@jest/globals";
import { parseSource, readSources } from "../support/architecture/imports.ts";
import { layerOf, violations } from "../support/architecture/rules.ts";

const FOLDERS = [
  "bin",
  "cli",
  "lib",
  "schemas",
  "lambdas",
  "localstack",
  "test/integration",
  "test/e2e",
  "test/faults",
];
/** A file that does one thing is shorter still. */
const LONGEST_FILE = 350;

const sources = readSources(FOLDERS);

describe("architecture", () => {
  it("imports go one way", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(violations)).toEqual([]);
  });

  it("imports name files that are there", () => {
    const paths = new Set([...sources, ...readSources(["test", "bench"])].map(({ path }) => path));
    const missing = sources.flatMap(({ path, files }) =>
      files.filter((file) => file.endsWith(".ts") && !paths.has(file)).map((file) => `${path} imports ${file}`),
    );
    expect(missing).toEqual([]);
  });

  it("every function has its contract and its handler", () => {
    const functions = new Set(
      sources
        .map(({ path }) => /^lambdas\/([^/]+)\//.exec(path)?.[1])
        .filter((name) => name !== undefined && name !== "core" && name !== "adapters"),
    );
    const paths = new Set(sources.map(({ path }) => path));
    const missing = [...functions].flatMap((name) =>
      ["env", "handler"].map((file) => `lambdas/${name}/${file}.ts`).filter((path) => !paths.has(path)),
    );
    expect(missing).toEqual([]);
  });

  it("files do one thing", () => {
    const long = sources
      .filter(({ lines }) => lines > LONGEST_FILE)
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    expect(long).toEqual([]);
  });
});

describe("the rules", () => {
  it.each([
    ["lambdas/land-batch/land-batch.ts", 'import { S3Client } from "@aws-sdk/client-s3";'],
    ["lambdas/land-batch/land-batch.ts", 'import { s3 } from "../adapters/s3/index.ts";'],
    ["lambdas/land-batch/land-batch.ts", 'import type { Plan } from "../load-warehouse/load-plan.ts";'],
    ["lambdas/land-batch/land-batch.ts", "export const bucket = process.env.BUCKET;"],
    ["lambdas/land-batch/land-batch.ts", 'const net = await import("node:net");'],
    ["lambdas/land-batch/handler.ts", 'import { SQSClient } from "@aws-sdk/client-sqs";'],
    ["lambdas/land-batch/handler.ts", 'import { handler } from "../build-star/handler.ts";'],
    ["lambdas/land-batch/land-batch.ts", 'import { handler } from "./handler.ts";'],
    ["lambdas/land-batch/env.ts", 'import { topicName } from "../../schemas/naming.ts";'],
    ["lambdas/core/record.ts", 'import { landBatch } from "../land-batch/land-batch.ts";'],
    ["lambdas/core/record.ts", 'import { Kafka } from "kafkajs";'],
    ["lambdas/adapters/s3/index.ts", 'import { landBatch } from "../../land-batch/land-batch.ts";'],
    ["schemas/naming.ts", 'import type { Version } from "../lambdas/core/version.ts";'],
    ["schemas/naming.ts", 'export { z } from "kafkajs";'],
    ["lib/stacks/data.ts", 'import { landBatch } from "../../lambdas/land-batch/land-batch.ts";'],
    ["lib/stacks/data.ts", 'import { createKafka } from "../../lambdas/adapters/kafka/index.ts";'],
    ["lib/stacks/data.ts", "const stage = process.env.STAGE;"],
    ["cli/status.ts", 'import { configOf } from "../lib/config.ts";'],
    ["cli/status.ts", 'import { startCloud } from "../localstack/engines/cloud.ts";'],
    ["bin/app.ts", 'import { tables } from "../schemas/sources/index.ts";'],
    ["localstack/demo/main.ts", 'import { configOf } from "../../lib/config.ts";'],
    ["test/integration/kafka.test.ts", 'let config: import("../../lib/config.ts").StageConfig;'],
    ["elsewhere/file.ts", ""],
  ])("refuse in %s: %s", (path, text) => {
    expect(violations(parseSource(path, text))).toHaveLength(1);
  });

  it.each([
    ["lambdas/land-batch/handler.ts", 'import { landBatch } from "./land-batch.ts";'],
    ["lambdas/land-batch/handler.ts", 'import { createObjectStore } from "../adapters/s3/index.ts";'],
    ["lambdas/land-batch/land-batch.ts", 'import { gzipSync } from "node:zlib";'],
    ["lib/constructs/landing.ts", 'import { landBatchEnvironment } from "../../lambdas/land-batch/env.ts";'],
    ["lib/constructs/landing.ts", 'import { METRICS } from "../../lambdas/core/metrics.ts";'],
    ["localstack/demo/main.ts", 'import { openBinlog } from "../../lambdas/adapters/binlog/index.ts";'],
  ])("allow in %s: %s", (path, text) => {
    expect(violations(parseSource(path, text))).toEqual([]);
  });

  it("tell a contract from a handler from a use case", () => {
    expect(layerOf("lambdas/land-batch/env.ts")).toBe("contract");
    expect(layerOf("lambdas/land-batch/handler.ts")).toBe("handler");
    expect(layerOf("lambdas/land-batch/gzip.ts")).toBe("use case");
    expect(layerOf("lambdas/core/env.ts")).toBe("core");
  });
});
