import path from "node:path";
import type { EngineOptions, RunningEngine } from "./engine.ts";
import { node, root } from "./paths.ts";
import { choosePort } from "./ports.ts";
import { startProcess } from "./process.ts";

export interface ServicesOptions extends EngineOptions {
  /** LocalStack, e.g. `http://127.0.0.1:4566`. */
  readonly awsEndpoint: string;
  /** Broker, `host:port`. */
  readonly kafkaEndpoint: string;
  /** Owner's URL of the warehouse's storage. */
  readonly warehouseUrl: string;
}

/** The project's own services behind LocalStack's endpoint: MSK, Redshift, event source and schedule workers. */
export async function startServices(options: ServicesOptions): Promise<RunningEngine> {
  const port = await choosePort("services", options.port);
  const endpoint = `http://127.0.0.1:${port}`;
  const started = await startProcess({
    name: "services",
    command: node,
    args: ["--import", "tsx", path.join("localstack", "services", "main.ts")],
    cwd: root,
    env: {
      ...process.env,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: options.awsEndpoint,
      MILLRACE_SERVICES_PORT: String(port),
      MILLRACE_KAFKA: options.kafkaEndpoint,
      MILLRACE_WAREHOUSE_URL: options.warehouseUrl,
      MILLRACE_DATA_DIR: options.dataDir,
    },
    log: path.join(options.dataDir, "logs", "services.log"),
    ready: async () => {
      const response = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2000) });
      return response.ok && ((await response.json()) as { ok?: unknown }).ok === true;
    },
    signal: options.signal,
  });
  return { name: "services", endpoint, ...started };
}
