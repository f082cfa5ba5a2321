import type { NewId, Sleep } from "../../../lambdas/core/ports.ts";
import { messageOf } from "../../../lambdas/core/errors.ts";
import type { Log } from "../log.ts";
import { backoff } from "./backoff.ts";
import { createBuffer, type Batch } from "./buffer.ts";
import { deliver } from "./delivery.ts";
import type { Envelope } from "./event.ts";
import type { Discard } from "./failure.ts";
import type { Invoke } from "./invocation.ts";
import type { Mapping } from "./mapping.ts";
import { toRecord, type RawMessage } from "./record.ts";
import type { Source, SourceHandlers } from "./source.ts";

export interface PollerPorts {
  readonly open: (mapping: Mapping, handlers: SourceHandlers) => Promise<Source>;
  readonly invoke: Invoke;
  readonly discard: Discard | null;
  readonly bootstrapServers: string;
  readonly now: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly newId: NewId;
  readonly log: Log;
}

export interface Poller {
  /** No new batch begins. Running invocations may end within `graceMs` (and are committed then); later ones are left. */
  stop(graceMs: number): Promise<void>;
}

/** Polled bytes that may wait per mapping; the client holds one fetch more. Two full payloads and some. */
const CAPACITY = 16 * 1024 * 1024;

/** Runs one mapping until it is stopped: opens the source, batches, delivers; after a failure all of it again. */
export function startPoller(mapping: Mapping, ports: PollerPorts): Poller {
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const done = runSessions(mapping, ports, stopping.signal, abandoning.signal);
  return {
    stop: async (graceMs) => {
      stopping.abort();
      const timer = setTimeout(() => abandoning.abort(), graceMs);
      await done;
      clearTimeout(timer);
    },
  };
}

async function runSessions(
  mapping: Mapping,
  ports: PollerPorts,
  stopping: AbortSignal,
  abandoning: AbortSignal,
): Promise<void> {
  for (let failures = 0; !stopping.aborted;) {
    const started = ports.now();
    try {
      await runSession(mapping, ports, stopping, abandoning);
    } catch (error) {
      // A session that ran for a while was a good one: the next failure starts the pauses anew.
      failures = ports.now() - started > 60_000 ? 1 : failures + 1;
      ports.log.warn("polling interrupted", { error: messageOf(error), failures });
      await ports.sleep(backoff(failures, ports.random), stopping).catch(() => undefined);
    }
  }
}

/** One membership in the group. Resolves when stopped; throws when the source is lost. */
async function runSession(
  mapping: Mapping,
  ports: PollerPorts,
  stopping: AbortSignal,
  abandoning: AbortSignal,
): Promise<void> {
  const envelope: Envelope = {
    eventSourceArn: mapping.eventSourceArn,
    bootstrapServers: ports.bootstrapServers,
  };
  const buffer = createBuffer({
    batchSize: mapping.batchSize,
    windowMs: mapping.windowMs,
    envelope,
    capacity: CAPACITY,
  });
  const running = new Set<Promise<void>>();
  const next = new Map<number, number>();
  const ended = new AbortController();
  const outcome: { failure: Error | null } = { failure: null };
  let timer: NodeJS.Timeout | undefined;
  let source: Source | null = null;

  const end = (error: Error | null): void => {
    outcome.failure ??= error;
    ended.abort();
  };
  const stopped = AbortSignal.any([stopping, ended.signal]);

  const onMessages = (partition: number, messages: readonly RawMessage[]): void => {
    const from = next.get(partition) ?? 0;
    const polledAt = ports.now();
    const records = messages
      .filter((message) => Number(message.offset) >= from)
      .map((message) => toRecord(mapping.topic, partition, message, polledAt));
    const last = records.at(-1);
    if (last === undefined) return;
    next.set(partition, last.offset + 1);
    if (buffer.add(records)) source?.pause(partition);
    pump();
  };

  const dispatch = async (batch: Batch): Promise<void> => {
    const opened = source;
    if (opened === null) return;
    // A lost source keeps new attempts from starting; only `abandoning` cuts invocations off.
    await deliver(
      batch,
      { ...ports, rules: mapping.rules, envelope, commit: (positions) => opened.commit(positions) },
      { stop: stopped, abandon: abandoning },
    );
    if (stopped.aborted) return;
    for (const partition of buffer.release(batch)) opened.resume(partition);
  };

  function pump(): void {
    clearTimeout(timer);
    if (stopped.aborted || source === null) return;
    while (running.size < mapping.concurrency) {
      const batch = buffer.next(ports.now());
      if (batch === null) break;
      const work: Promise<void> = dispatch(batch)
        .catch((error: unknown) => end(error instanceof Error ? error : new Error(String(error))))
        .finally(() => {
          running.delete(work);
          pump();
        });
      running.add(work);
    }
    const due = running.size < mapping.concurrency ? buffer.dueAt() : null;
    if (due !== null) timer = setTimeout(pump, Math.max(0, due - ports.now()));
  }

  source = await ports.open(mapping, { onMessages, onLost: end });
  ports.log.info("polling", { topic: mapping.topic, group: mapping.groupId });
  pump();
  await aborted(stopped);
  clearTimeout(timer);
  await Promise.all(running);
  await source.close();
  if (outcome.failure !== null && !stopping.aborted) throw outcome.failure;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
