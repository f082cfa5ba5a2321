import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";
import { startLocalStack } from "../../../localstack/engines/localstack.ts";
import { freePort } from "../../../localstack/engines/ports.ts";
import { startServices } from "../../../localstack/engines/services.ts";

/** A broker, LocalStack with the extension, and the service process, without source and warehouse. */
export interface TestCloud {
  readonly dataDir: string;
  readonly kafka: string;
  /** What AWS clients of this cloud are made with. */
  readonly aws: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  restartServices(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestCloud(warehouseUrl = "postgres://nobody@127.0.0.1:1/none"): Promise<TestCloud> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "millrace-cloud-"));
  const running = new Map<string, RunningEngine>();
  const keep = (engine: RunningEngine): RunningEngine => {
    running.set(engine.name, engine);
    return engine;
  };
  const servicesPort = await freePort();
  const localstack = startLocalStack({ dataDir, servicesEndpoint: `http://127.0.0.1:${servicesPort}` }).then(keep);
  const [aws, kafka] = await Promise.all([localstack, startKafka({ dataDir }).then(keep)]);
  const launch = async (): Promise<void> => {
    const options = { dataDir, port: servicesPort, warehouseUrl };
    keep(await startServices({ ...options, awsEndpoint: aws.endpoint, kafkaEndpoint: kafka.endpoint }));
  };
  await launch();
  return {
    dataDir,
    kafka: kafka.endpoint,
    aws: { endpoint: aws.endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } },
    restartServices: async () => {
      await running.get("services")?.stop();
      await launch();
    },
    stop: async () => {
      await Promise.all([...running.values()].map((engine) => engine.stop()));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
