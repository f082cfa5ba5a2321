import type { Kafka } from "kafkajs";
import type { NewId, Now, Sleep } from "../../../lambdas/core/ports.ts";
import type { AwsClients } from "../aws-clients.ts";
import type { Log } from "../log.ts";
import type { Worker } from "../worker.ts";
import { createDiscard, type DestinationClients } from "./destination.ts";
import { createInvoke } from "./invoke.ts";
import { startPoller } from "./poller.ts";
import { openSource } from "./source.ts";
import { createMappingWorker, listMappings } from "./worker.ts";

export interface EventSourceDependencies {
  readonly clients: Pick<AwsClients, "lambda" | "invoker" | "s3" | "sqs" | "sns">;
  readonly kafka: Kafka;
  readonly produce: DestinationClients["produce"];
  /** host:port, as the events say it. */
  readonly bootstrapServers: string;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly newId: NewId;
  readonly log: Log;
}

/** Lambda's event source mappings of MSK: what polls Kafka and invokes functions on AWS. */
export function createEventSource(dependencies: EventSourceDependencies): Worker {
  const { clients, kafka, log, bootstrapServers } = dependencies;
  return createMappingWorker({
    list: () => listMappings(clients.lambda),
    log,
    start: (mapping) => {
      const mappingLog = log.with({ mapping: mapping.uuid, function: mapping.functionArn.split(":")[6] });
      const envelope = { eventSourceArn: mapping.eventSourceArn, bootstrapServers };
      return startPoller(mapping, {
        ...dependencies,
        log: mappingLog,
        open: ({ topic, groupId, start }, handlers) =>
          openSource({ kafka, topic, groupId, start, log: mappingLog }, handlers),
        invoke: createInvoke(clients.invoker, mapping.functionArn),
        discard: createDiscard(mapping, envelope, { ...clients, ...dependencies }),
      });
    },
  });
}
