/**
 * The service process: what LocalStack lacks, behind its endpoint. Started by localstack/engines/services.ts; its
 * environment is in env.ts. SIGTERM and SIGINT end it cleanly: running invocations may finish, nothing half done is
 * committed.
 */
import { randomUUID } from "node:crypto";
import { messageOf } from "../../lambdas/core/errors.ts";
import { createAwsClients } from "./aws-clients.ts";
import { createLifecycle } from "./cloudformation/lifecycle.ts";
import { parseServicesEnvironment, type ServicesEnvironment } from "./env.ts";
import { createEventSource } from "./event-source/service.ts";
import { createKafka, createProduce } from "./kafka-client.ts";
import { createLog, type Log } from "./log.ts";
import { createBroker } from "./msk/broker.ts";
import { createMsk } from "./msk/service.ts";
import { openMskStore } from "./msk/store.ts";
import { createMetricsWorker } from "./metrics/worker.ts";
import { createRedshiftData } from "./redshift-data/service.ts";
import { createRedshiftServerless } from "./redshift-serverless/service.ts";
import { createScheduler } from "./scheduler/service.ts";
import { startServer } from "./server.ts";
import { sleep } from "./sleep.ts";
import { runWorker } from "./worker.ts";

async function start(env: ServicesEnvironment, log: Log): Promise<() => Promise<void>> {
  const system = { now: Date.now, sleep, random: Math.random, newId: randomUUID };
  const clients = createAwsClients(env);
  const kafka = createKafka(env.MILLRACE_KAFKA, log);
  const producer = createProduce(kafka);
  const msk = createMsk({
    ...system,
    broker: createBroker(kafka),
    store: openMskStore(env.MILLRACE_DATA_DIR),
    bootstrap: env.MILLRACE_KAFKA,
  });
  const aws = {
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  };
  const warehouse = { warehouseUrl: env.MILLRACE_WAREHOUSE_URL, s3: aws, dataDir: env.MILLRACE_DATA_DIR };
  const serverless = await createRedshiftServerless(warehouse);
  const redshiftData = await createRedshiftData({ ...warehouse, directory: serverless.directory });
  const { server, port } = await startServer(env.MILLRACE_SERVICES_PORT, {
    services: {
      kafka: { protocol: "rest-json", service: msk },
      "redshift-data": { protocol: "json-1.1", service: redshiftData },
      "redshift-serverless": { protocol: "json-1.1", service: serverless },
    },
    lifecycle: createLifecycle({ "AWS::MSK::": msk.cfn, "AWS::RedshiftServerless::": serverless.cfn }, log),
    log,
  });
  const eventSource = createEventSource({
    ...system,
    clients,
    kafka,
    produce: producer.produce,
    bootstrapServers: env.MILLRACE_KAFKA,
    log,
  });
  const scheduler = createScheduler({
    ...system,
    clients: { ...clients, lambda: clients.invoker },
    dataDir: env.MILLRACE_DATA_DIR,
    log,
  });
  const metrics = createMetricsWorker({ ...clients, now: system.now });
  const stopWorkers = [
    runWorker(eventSource, 1_000, sleep, log),
    runWorker(scheduler, 1_000, sleep, log),
    runWorker(metrics, 5_000, sleep, log),
  ];
  log.info("listening", { url: `http://127.0.0.1:${port}` });

  return async () => {
    await Promise.all(stopWorkers.map((stop) => stop()));
    server.close();
    server.closeAllConnections();
    await Promise.all([msk.close(), producer.close(), redshiftData.close(), serverless.close()]);
  };
}

const log = createLog((line) => process.stderr.write(`${line}\n`));
try {
  const stop = await start(parseServicesEnvironment(process.env), log);
  const end = (signal: string): void => {
    log.info("stopping", { signal });
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error("stopping failed", { error: messageOf(error) });
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
