import { runFolder } from "../../engines/paths.ts";
import path from "node:path";
import type { Cloud } from "../../engines/cloud.ts";
import { startCloud } from "../../engines/cloud.ts";
import { choosePort } from "../../engines/ports.ts";
import { lockRun } from "../../engines/run-lock.ts";
import { forgetLocalState, MAIN_JOB, runningLocally, writeLocalState } from "../../../cli/local-state.ts";
import { DemoError } from "../errors.ts";
import type { Say } from "../progress/index.ts";
import { parseSourceUrl } from "../source/connection.ts";
import type { RunFolders } from "./deploy.ts";
import { STAGE } from "./deploy.ts";

/** Database of stage local; the stacks give its name out as well, but only once they are deployed. */
const DATABASE = "millrace";

export const folders: RunFolders = {
  data: runFolder,
  logs: path.join(runFolder, "logs"),
  assembly: path.join(runFolder, "cdk.out"),
};

/** The local cloud while it comes up: what others need of it is known at different times. */
export interface RisingCloud {
  /** Where the source will be, known before it answers. */
  readonly source: { readonly host: string; readonly port: number };
  readonly awsEndpoint: string;
  /** The run's folder is clean and can be written to. */
  readonly cleaned: Promise<void>;
  readonly awsReady: Promise<void>;
  /** All parts answer. */
  readonly up: Promise<Cloud>;
  /** Starts it. Call once. */
  start(say: Say): Promise<Cloud>;
}

/** @throws EngineError when a port that is configured is taken */
export async function risingCloud(sourceUrl: string | null, signal: AbortSignal): Promise<RisingCloud> {
  const aws = await choosePort("aws");
  const source =
    sourceUrl === null ? { host: "127.0.0.1", port: await choosePort("source") } : parseSourceUrl(sourceUrl);
  const [cleaned, awsReady, up] = [
    Promise.withResolvers<undefined>(),
    Promise.withResolvers<undefined>(),
    Promise.withResolvers<Cloud>(),
  ];
  // Whoever waits hears of a failure; nobody has to.
  for (const { promise } of [cleaned, awsReady, up]) promise.catch(() => undefined);

  const start = async (say: Say): Promise<Cloud> => {
    const waiting = new Set<string>();
    try {
      const cloud = await startCloud({
        ...(sourceUrl === null ? {} : { sourceUrl }),
        ports: { aws, ...(sourceUrl === null ? { source: source.port } : {}) },
        signal,
        onProgress: ({ engine, phase }) => {
          // What a former run left is removed before the first part starts.
          cleaned.resolve(undefined);
          if (phase === "starting") waiting.add(engine);
          else waiting.delete(engine);
          if (engine === "aws" && phase === "ready") awsReady.resolve(undefined);
          say(`waiting for ${[...waiting].join(", ")}`);
        },
      });
      up.resolve(cloud);
      return cloud;
    } catch (error) {
      for (const { reject } of [cleaned, awsReady, up]) reject(error);
      throw error;
    }
  };
  return {
    source,
    awsEndpoint: `http://127.0.0.1:${aws}`,
    cleaned: cleaned.promise,
    awsReady: awsReady.promise,
    up: up.promise,
    start,
  };
}

/**
 * Makes sure that this is the only local run, for as long as it lasts.
 * @returns what ends the claim
 * @throws when another run is at work, or one was left running
 */
export function claimRun(): () => void {
  const release = lockRun();
  try {
    const running = runningLocally();
    if (running !== null) {
      throw new DemoError(
        "start",
        `a local cloud is running since ${running.startedAt}: look at it with \`npx millrace status\`, or stop it with \`npm run local -- down\`.`,
      );
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

/** Writes what runs where `millrace status` and `down` look; with this process among it while the job is at work. */
export function recordRun(cloud: Cloud, startedAt: Date, jobAtWork: boolean): void {
  const { source, kafka, aws } = cloud.endpoints;
  const warehouse = warehouseUrl(cloud);
  const processes = cloud.engines.flatMap(({ name, pid, log = "" }) => (pid === undefined ? [] : [{ name, pid, log }]));
  writeLocalState({
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    stage: STAGE,
    endpoints: { source, kafka, aws, warehouse },
    processes: jobAtWork ? [...processes, { name: MAIN_JOB, pid: process.pid, log: "" }] : processes,
  });
}

/** Where the schemas are: the stand-in keeps each Redshift database in a database of its own. */
export function warehouseUrl(cloud: Cloud): string {
  const url = new URL(cloud.endpoints.warehouse);
  url.pathname = `/${DATABASE}`;
  return url.href;
}

export const forgetRun = (): void => forgetLocalState();
