import { rm } from "node:fs/promises";
import type { RunningEngine } from "./engine.ts";
import { startKafka } from "./kafka.ts";
import { startLocalStack } from "./localstack.ts";
import type { RunningSource } from "./mysql.ts";
import { givenMysql, startMysql } from "./mysql.ts";
import { runFolder } from "./paths.ts";
import { choosePort } from "./ports.ts";
import type { PortOwner } from "./ports.ts";
import { startPostgres } from "./postgres.ts";
import { startServices } from "./services.ts";

export interface CloudOptions {
  /** Data and logs of the run. What a former run left in it is removed. @default - `.local/run` */
  readonly dataDir?: string;
  /** A MySQL-compatible server to use as it is. @default - one is started */
  readonly sourceUrl?: string;
  /** Ports by part. @default - the MILLRACE_*_PORT variables, else free ones */
  readonly ports?: Partial<Record<PortOwner, number>>;
  /** Told when a part starts to start, and when it answers. */
  readonly onProgress?: (event: CloudProgress) => void;
  /** Gives the start up: what was started is stopped, and the start fails. */
  readonly signal?: AbortSignal;
}

export interface CloudProgress {
  readonly engine: string;
  readonly phase: "starting" | "ready";
  /** How long it took; 0 when starting. */
  readonly seconds: number;
}

/** The whole local cloud, every part answering. Its processes outlive this one unless stopped. */
export interface Cloud {
  readonly endpoints: {
    readonly source: string;
    /** The source as the capturing user. */
    readonly capture: string;
    readonly kafka: string;
    readonly aws: string;
    readonly warehouse: string;
    readonly services: string;
  };
  readonly engines: readonly RunningEngine[];
  /** Stops all parts and returns when their processes are gone. */
  stop(): Promise<void>;
}

/** Starts every part as early as what it needs is known. A part that fails takes the others with it. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const dataDir = options.dataDir ?? runFolder;
  const { ports = {} } = options;
  const failed = new AbortController();
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
  const engines: RunningEngine[] = [];
  const stop = async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
  };
  const start = async <E extends RunningEngine>(engine: string, launch: () => Promise<E>): Promise<E> => {
    const started = Date.now();
    options.onProgress?.({ engine, phase: "starting", seconds: 0 });
    try {
      const running = await launch();
      engines.push(running);
      options.onProgress?.({ engine, phase: "ready", seconds: (Date.now() - started) / 1000 });
      return running;
    } catch (error) {
      failed.abort();
      throw error;
    }
  };

  // Numbers first: LocalStack and the services name each other, and a taken port is told before anything runs.
  const awsPort = await choosePort("aws", ports.aws);
  const servicesPort = await choosePort("services", ports.services);
  await rm(dataDir, { recursive: true, force: true });
  const base = { dataDir, signal };
  const { sourceUrl } = options;
  const source = start<RunningSource>("source", async () =>
    sourceUrl === undefined ? startMysql({ ...base, port: ports.source }) : givenMysql(sourceUrl),
  );
  const kafka = start("kafka", () => startKafka({ ...base, port: ports.kafka }));
  const warehouse = start("warehouse", () => startPostgres({ ...base, port: ports.warehouse }));
  const aws = start("aws", () =>
    startLocalStack({ ...base, port: awsPort, servicesEndpoint: `http://127.0.0.1:${servicesPort}` }),
  );
  const services = Promise.all([kafka, warehouse]).then(([{ endpoint: kafkaEndpoint }, { endpoint: warehouseUrl }]) =>
    start("services", () =>
      startServices({
        ...base,
        port: servicesPort,
        awsEndpoint: `http://127.0.0.1:${awsPort}`,
        kafkaEndpoint,
        warehouseUrl,
      }),
    ),
  );

  const outcomes = await Promise.allSettled([source, kafka, warehouse, aws, services]);
  const failure = firstCause(outcomes);
  if (failure !== undefined) {
    await stop();
    throw failure;
  }
  const [theSource, theKafka, theWarehouse, theAws, theServices] = await Promise.all([
    source,
    kafka,
    warehouse,
    aws,
    services,
  ]);
  return {
    endpoints: {
      source: theSource.endpoint,
      capture: theSource.captureEndpoint,
      kafka: theKafka.endpoint,
      aws: theAws.endpoint,
      warehouse: theWarehouse.endpoint,
      services: theServices.endpoint,
    },
    engines,
    stop,
  };
}

/** The first failure that is not only the echo of another part's: parts given up because of it say so. */
function firstCause(outcomes: readonly PromiseSettledResult<unknown>[]): Error | undefined {
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  return errors.find((error) => !error.message.includes("was stopped before it was ready")) ?? errors[0];
}
