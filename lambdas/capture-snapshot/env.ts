import { z } from "zod";
import {
  envInteger,
  envText,
  kafkaEnvironment,
  landingEnvironment,
  personalDataEnvironment,
  sourceEnvironment,
} from "../core/env.ts";

const replicas = z.array(z.object({ host: z.string().min(1), port: z.int().min(1).max(65_535) }));

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const captureSnapshotEnvironment = z.object({
  ...sourceEnvironment,
  ...kafkaEnvironment,
  ...landingEnvironment,
  ...personalDataEnvironment,
  QUARANTINE_BUCKET: envText,
  /** Replication server id of the short look into the log that an anchor may need; it must be free at the source. */
  ANCHOR_SERVER_ID: envInteger,
  /** Rows per chunk aimed at when a plan is made; at least these. */
  CHUNK_ROWS: envInteger,
  /** Rows a second and chunk at most; 0 means unthrottled. */
  ROWS_PER_SECOND: envInteger,
  /** Replicas whose lag makes a copy wait: a JSON list of `{"host","port"}`. */
  SOURCE_REPLICAS: z.string().transform((text, context) => {
    const parsed = replicas.safeParse(jsonIn(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: 'a JSON list of {"host","port"} is needed' });
    return z.NEVER;
  }),
  /** Seconds behind from which on they do; 0: never. */
  MAX_REPLICA_LAG_SECONDS: envInteger,
  /** Statements of others at the source, running at once, above which a copy waits; 0: never. */
  MAX_THREADS_RUNNING: envInteger,
});
