import path from "node:path";
import { z } from "zod";
import { openStateFile } from "../state-file.ts";

/** A cluster as it was declared (CloudFormation's names) and what the service added. */
const storedCluster = z.object({
  arn: z.string(),
  name: z.string(),
  createdAt: z.string(),
  /** Rises with each update: MSK's optimistic lock. */
  version: z.number().int(),
  properties: z.record(z.string(), z.unknown()),
});
const storedConfiguration = z.object({
  arn: z.string(),
  name: z.string(),
  createdAt: z.string(),
  description: z.string(),
  kafkaVersions: z.array(z.string()),
  /** Base64 server properties of revision 1, 2, ... */
  revisions: z.array(z.object({ createdAt: z.string(), description: z.string(), serverProperties: z.string() })),
});
const stored = z.object({
  clusters: z.record(z.string(), storedCluster),
  configurations: z.record(z.string(), storedConfiguration),
});

export type StoredCluster = z.output<typeof storedCluster>;
export type StoredConfiguration = z.output<typeof storedConfiguration>;

/** Clusters and configurations by ARN, kept in `msk.json`. Topics are not here: the broker has them. */
export interface MskStore {
  clusters(): readonly StoredCluster[];
  cluster(arn: string): StoredCluster | null;
  putCluster(cluster: StoredCluster): void;
  removeCluster(arn: string): void;
  configurations(): readonly StoredConfiguration[];
  configuration(arn: string): StoredConfiguration | null;
  putConfiguration(configuration: StoredConfiguration): void;
  removeConfiguration(arn: string): void;
}

export function openMskStore(dataDir: string): MskStore {
  const file = openStateFile(path.join(dataDir, "msk.json"), stored, { clusters: {}, configurations: {} });
  const without = <T>(entries: Readonly<Record<string, T>>, key: string): Record<string, T> =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => name !== key));
  return {
    clusters: () => Object.values(file.read().clusters),
    cluster: (arn) => file.read().clusters[arn] ?? null,
    putCluster: (cluster) => {
      const state = file.read();
      file.write({ ...state, clusters: { ...state.clusters, [cluster.arn]: cluster } });
    },
    removeCluster: (arn) => {
      const state = file.read();
      file.write({ ...state, clusters: without(state.clusters, arn) });
    },
    configurations: () => Object.values(file.read().configurations),
    configuration: (arn) => file.read().configurations[arn] ?? null,
    putConfiguration: (configuration) => {
      const state = file.read();
      file.write({ ...state, configurations: { ...state.configurations, [configuration.arn]: configuration } });
    },
    removeConfiguration: (arn) => {
      const state = file.read();
      file.write({ ...state, configurations: without(state.configurations, arn) });
    },
  };
}
