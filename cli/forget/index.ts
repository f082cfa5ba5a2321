import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { KafkaClient, DescribeTopicCommand } from "@aws-sdk/client-kafka";
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { personalDataReader } from "../../lambdas/adapters/personal-data/read.ts";
import { createWarehouse } from "../../lambdas/adapters/redshift-data/index.ts";
import { createObjectStore } from "../../lambdas/adapters/s3/index.ts";
import { readPersonalDataKey } from "../../lambdas/adapters/secrets/index.ts";
import { createWake } from "../../lambdas/adapters/sqs/index.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName, topicName } from "../../schemas/naming.ts";
import { tables } from "../../schemas/sources/index.ts";
import { longestStay } from "../../schemas/topic.ts";
import { starTables } from "../../schemas/warehouse/star.ts";
import { statusAsker } from "../pipeline-status.ts";
import { stackOutputs } from "../stack-outputs.ts";
import type { StackOutputs } from "../stack-outputs.ts";
import { askSources } from "../source-status.ts";
import { bySource } from "../sources.ts";
import { findTarget } from "../target.ts";
import type { ClientSettings } from "../target.ts";
import type { Erased, ErasePorts } from "./erase.ts";
import { eraseEverywhere, findRows } from "./erase.ts";
import { forgetText } from "./report.ts";
import { referencesTo } from "./references.ts";
import { soughtRows, tableNamed } from "./request.ts";

export interface ForgetOptions {
  /** `<area>_<table>.<column>`: other rows about the person, by the column that holds the key. */
  readonly also?: readonly string[];
  readonly dryRun?: boolean;
  /** Seconds to wait for what is under way. @default - no bound */
  readonly timeout?: number;
  readonly json?: boolean;
  readonly stage?: string;
}

export interface ForgetAnswer {
  readonly dryRun: boolean;
  readonly tables: readonly Erased[];
  /** Columns that hold the key and that were not named: their rows stay. */
  readonly references: readonly string[];
  /** Until when Kafka may still have the records; they are in no place that anything else reads them from. */
  readonly kafkaUntil: string | null;
}

/** `millrace forget <table> <key...>`: takes one person's rows out of every place. */
export async function forget(
  name: string,
  key: readonly string[],
  options: ForgetOptions,
  print: (text: string) => void,
): Promise<void> {
  const table = tableNamed(name);
  const target = findTarget(options.stage);
  const outputs = await stackOutputs(target);
  const readKey = (secretId: string): Promise<string> =>
    readPersonalDataKey(secretId, new SecretsManagerClient(target.aws));
  const personal = await personalDataReader(outputs.PersonalDataSecret, tables, readKey)();
  const also = options.also ?? [];
  const sought = soughtRows(table, key, also, personal?.pseudonymise);
  const dryRun = options.dryRun === true;
  // What is under way would arrive behind the eraser; what is published by now is in tables and files afterwards.
  if (!dryRun) {
    const shares = bySource(
      outputs.sources,
      sought.map((rows) => qualifiedName(rows.table)),
    );
    const feeding = shares.map(({ source }) => source);
    await askSources(feeding, (name) => statusAsker(target.aws, name), { timeout: options.timeout });
  }
  const ports = portsOf(outputs, target.aws);
  const starred = new Set(starTables());
  const erased: Erased[] = [];
  // The others first: once the person's own row is gone, a run that broke off would still know whom it is about.
  for (const rows of sought) {
    erased.push(dryRun ? await findRows(rows, ports) : await eraseEverywhere(rows, starred.has(rows.table), ports));
  }
  const answer: ForgetAnswer = {
    dryRun,
    tables: erased,
    references: referencesTo(table).filter((column) => !also.includes(column)),
    kafkaUntil: dryRun
      ? null
      : await kafkaUntil(
          sought.map((rows) => rows.table),
          outputs.ClusterArn,
          target.aws,
        ),
  };
  print(options.json === true ? JSON.stringify(answer) : forgetText(answer));
}

function portsOf(outputs: StackOutputs, aws: ClientSettings): ErasePorts {
  const s3 = new S3Client({ ...aws, ...(aws.endpoint !== undefined && { forcePathStyle: true }) });
  const { Workgroup: workgroup, Database: database, WarehouseSecret: secretArn } = outputs;
  return {
    landing: createObjectStore(outputs.LandingBucket, s3),
    quarantine: createObjectStore(outputs.QuarantineBucket, s3),
    // arn:aws:kafka:<region>:<account>:cluster/<name>/<id>
    cluster: outputs.ClusterArn.split("/")[1] ?? "",
    warehouse: createWarehouse({ workgroup, database, secretArn }, new RedshiftDataClient(aws)),
    wakeStar: createWake(outputs.StarQueueUrl, "star", new SQSClient(aws)),
    sleep: async (ms) => wait(ms),
    now: Date.now,
    newId: randomUUID,
    random: Math.random,
  };
}

/** When the last record that is in the topics now will have left them. */
async function kafkaUntil(of: readonly AnyTable[], clusterArn: string, aws: ClientSettings): Promise<string> {
  const client = new KafkaClient(aws);
  try {
    const kept = await Promise.all(
      [...new Set(of)].map(async (table) => {
        const { Configs } = await client.send(
          new DescribeTopicCommand({ ClusterArn: clusterArn, TopicName: topicName(table) }),
        );
        const text = Buffer.from(Configs ?? "", "base64").toString("utf8");
        const settings = text.split("\n").map((line): [string, string] => {
          const [name = "", value = ""] = line.trim().split("=", 2);
          return [name, value];
        });
        return longestStay(Object.fromEntries(settings));
      }),
    );
    return new Date(Date.now() + Math.max(...kept)).toISOString();
  } finally {
    client.destroy();
  }
}
