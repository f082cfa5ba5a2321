import {
  ListEventSourceMappingsCommand,
  type EventSourceMappingConfiguration,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Log } from "../log.ts";
import { omit } from "../omit.ts";
import type { Worker } from "../worker.ts";
import { parseMapping, type Mapping } from "./mapping.ts";
import type { Poller } from "./poller.ts";

export interface MappingWorkerPorts {
  readonly list: () => Promise<readonly EventSourceMappingConfiguration[]>;
  readonly start: (mapping: Mapping) => Poller;
  readonly log: Log;
}

interface Running {
  /** The mapping's configuration as text: a change of it restarts the poller. */
  readonly fingerprint: string;
  readonly poller: Poller;
}

/** How long an invocation may go on after its mapping is disabled, changed or deleted, or the process stops. */
const GRACE_MS = 10_000;

/**
 * Keeps one poller per enabled mapping of a kafka ARN. `tick` is called every second; it only decides, pollers start
 * and stop beside each other. A mapping that changes is stopped wholly before it starts again, so that two pollers
 * never share a group.
 */
export function createMappingWorker(ports: MappingWorkerPorts): Worker {
  const running = new Map<string, Running>();
  /** Per mapping, the stop that is still under way. */
  const stopping = new Map<string, Promise<void>>();
  /** The problem said last, so that it is said once. */
  const problems = new Map<string, string>();

  function stop(uuid: string): void {
    const entry = running.get(uuid);
    if (entry === undefined) return;
    running.delete(uuid);
    const ended = entry.poller.stop(GRACE_MS).finally(() => stopping.delete(uuid));
    stopping.set(uuid, ended);
    ports.log.info("poller stopping", { mapping: uuid });
  }

  function start(uuid: string, fingerprint: string, config: EventSourceMappingConfiguration): void {
    const parsed = parseMapping(config);
    if ("problem" in parsed) {
      if (problems.get(uuid) === parsed.problem) return;
      problems.set(uuid, parsed.problem);
      ports.log.error("the mapping cannot run", { mapping: uuid, problem: parsed.problem });
      return;
    }
    problems.delete(uuid);
    for (const warning of parsed.warnings) ports.log.warn(warning, { mapping: uuid });
    running.set(uuid, { fingerprint, poller: ports.start(parsed.mapping) });
  }

  return {
    name: "event source mappings",
    tick: async () => {
      const mappings = (await ports.list()).filter((config) => (config.EventSourceArn ?? "").includes(":kafka:"));
      const listed = new Map(mappings.map((config) => [config.UUID ?? "", config]));
      for (const uuid of [...running.keys()]) {
        if (!isOn(listed.get(uuid)?.State, true)) stop(uuid);
      }
      for (const [uuid, config] of listed) {
        const entry = running.get(uuid);
        if (!isOn(config.State, entry !== undefined)) continue;
        const fingerprint = fingerprintOf(config);
        if (entry !== undefined && entry.fingerprint !== fingerprint) stop(uuid);
        if (!running.has(uuid) && !stopping.has(uuid)) start(uuid, fingerprint, config);
      }
    },
    stop: async () => {
      for (const uuid of [...running.keys()]) stop(uuid);
      await Promise.allSettled(stopping.values());
    },
  };
}

/** While a mapping is being updated it stays what it was. */
function isOn(state: string | undefined, was: boolean): boolean {
  if (state === "Updating") return was;
  return state === "Creating" || state === "Enabling" || state === "Enabled";
}

function fingerprintOf(config: EventSourceMappingConfiguration): string {
  return JSON.stringify(
    omit({ ...config }, ["State", "StateTransitionReason", "LastModified", "LastProcessingResult"]),
  );
}

/** All event source mappings, page by page. */
export async function listMappings(client: LambdaClient): Promise<readonly EventSourceMappingConfiguration[]> {
  const all: EventSourceMappingConfiguration[] = [];
  let Marker: string | undefined;
  do {
    const answer = await client.send(new ListEventSourceMappingsCommand({ Marker }));
    all.push(...(answer.EventSourceMappings ?? []));
    Marker = answer.NextMarker === "" ? undefined : answer.NextMarker;
  } while (Marker !== undefined);
  return all;
}
