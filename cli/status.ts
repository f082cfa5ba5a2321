import { KafkaClient, GetBootstrapBrokersCommand } from "@aws-sdk/client-kafka";
import type { TableStatus } from "../lambdas/core/events.ts";
import { statusAsker } from "./pipeline-status.ts";
import { askSources } from "./source-status.ts";
import type { DeploymentStatus } from "./source-status.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { statusText } from "./status-text.ts";
import { findTarget } from "./target.ts";
import type { Target } from "./target.ts";

export interface StatusOptions {
  readonly json?: boolean;
  readonly wait?: boolean;
  /** Seconds; with `wait`. @default - no bound */
  readonly timeout?: number;
  readonly stage?: string;
}

/**
 * URLs that a client can use; null where only the network of the account reaches them. The password of a server that
 * somebody gave is left out: status is shown around.
 */
export interface Endpoints {
  readonly source: string | null;
  readonly kafka: string | null;
  readonly aws: string | null;
  readonly warehouse: string | null;
}

export interface StatusAnswer extends Omit<DeploymentStatus, "tables"> {
  readonly stage: string;
  readonly endpoints: Endpoints;
  readonly tables: readonly (TableStatus & {
    /** Records that each stage still has to take. */
    readonly lag: { readonly land: number; readonly load: number; readonly star: number };
  })[];
}

/** `millrace status`: where every stage is. */
export async function status(options: StatusOptions, print: (text: string) => void): Promise<void> {
  const target = findTarget(options.stage);
  const outputs = await stackOutputs(target);
  const found = await askSources(
    outputs.sources,
    (name) => statusAsker(target.aws, name),
    options.wait === true ? { timeout: options.timeout } : null,
  );
  const answer = answerOf(target.stage, await endpointsOf(target, outputs.ClusterArn), found);
  print(options.json === true ? JSON.stringify(answer) : statusText(answer));
}

/** The status with each table's lag worked out. */
export function answerOf(stage: string, endpoints: Endpoints, found: DeploymentStatus): StatusAnswer {
  return {
    stage,
    caughtUp: found.caughtUp,
    endpoints,
    sources: found.sources,
    tables: found.tables.map((table) => ({
      ...table,
      lag: {
        land: Math.max(0, table.published - table.landed),
        load: Math.max(0, table.landed - table.loaded),
        star: Math.max(0, table.loaded - table.starred),
      },
    })),
  };
}

/** The same URL with `***` in the password's place. */
export function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.password === "") return parsed === null ? "cannot be read" : url;
  parsed.password = "***";
  return parsed.href;
}

async function endpointsOf(target: Target, clusterArn: string): Promise<Endpoints> {
  if (target.local !== null) {
    const { source, kafka, aws, warehouse } = target.local.endpoints;
    const given = !target.local.processes.some(({ name }) => name === "source");
    return {
      source: given ? withoutPassword(source) : source,
      kafka: `kafka://${kafka.replace(/^kafka:\/\//, "")}`,
      aws,
      warehouse,
    };
  }
  const client = new KafkaClient(target.aws);
  try {
    const brokers = await client.send(new GetBootstrapBrokersCommand({ ClusterArn: clusterArn }));
    const list = brokers.BootstrapBrokerStringSaslIam ?? brokers.BootstrapBrokerString ?? null;
    return { source: null, kafka: list === null ? null : `kafka://${list}`, aws: null, warehouse: null };
  } finally {
    client.destroy();
  }
}
