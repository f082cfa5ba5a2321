import type { Sleep } from "../../../lambdas/core/ports.ts";
import type { Log } from "../log.ts";
import { backoff } from "./backoff.ts";
import type { Batch } from "./buffer.ts";
import { encodeEvent, partitionKey, type Envelope } from "./event.ts";
import type { Discard, FailureCondition, LastAttempt } from "./failure.ts";
import type { Invocation, Invoke } from "./invocation.ts";
import type { RetryRules } from "./mapping.ts";
import type { PolledRecord } from "./record.ts";
import { readReport } from "./response.ts";

export interface DeliveryPorts {
  readonly envelope: Envelope;
  readonly rules: RetryRules;
  readonly invoke: Invoke;
  /** null without an on-failure destination. */
  readonly discard: Discard | null;
  /** The offsets from which each partition is still to be delivered; called when they have moved. */
  readonly commit: (positions: ReadonlyMap<number, number>) => Promise<void>;
  readonly now: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly log: Log;
}

/** A part of the batch that is still to be delivered. */
interface Portion {
  readonly records: readonly PolledRecord[];
  /** Failed attempts that count. */
  readonly failures: number;
  readonly invocations: number;
  readonly last: LastAttempt | null;
}

/** What to do with a portion after an attempt: these portions take its place, in order, after the pause. */
interface Verdict {
  readonly remaining: readonly Portion[];
  readonly pauseMs: number;
}

const OVERSIZED: Invocation = {
  kind: "failed",
  requestId: "",
  version: "",
  functionError: "MaximumPayloadSizeExceeded",
  payload: "",
};

/** `stop`: no further attempt. `abandon`: cut the running one off as well; its outcome stays unknown. */
export interface DeliverySignals {
  readonly stop: AbortSignal;
  readonly abandon: AbortSignal;
}

/**
 * Delivers one batch to its end: success, discarded, or stopped (the rest is for the next poller). Portions of a
 * batch go one after the other, so every partition stays in order.
 * Safe to repeat because the committed offset only passes what was delivered or discarded.
 */
export async function deliver(batch: Batch, ports: DeliveryPorts, signals: DeliverySignals): Promise<void> {
  let pending: readonly Portion[] = [{ records: batch.records, failures: 0, invocations: 0, last: null }];
  let committed = new Map<number, number>();
  for (let portion = pending[0]; portion !== undefined && !signals.stop.aborted; portion = pending[0]) {
    const { remaining, pauseMs } = await attempt(portion, batch.oversized, ports, signals);
    pending = [...remaining, ...pending.slice(1)];
    const positions = outstanding(batch.records, pending);
    const moved = new Map([...positions].filter(([partition, offset]) => committed.get(partition) !== offset));
    committed = positions;
    if (moved.size > 0) await ports.commit(moved);
    if (pauseMs > 0) await ports.sleep(pauseMs, signals.stop).catch(() => undefined);
  }
}

/** The first offset of each partition that is not settled, for the partitions that have moved at all. */
function outstanding(all: readonly PolledRecord[], pending: readonly Portion[]): Map<number, number> {
  const first = new Map<number, number>();
  const after = new Map<number, number>();
  for (const { partition, offset } of all) {
    if (!first.has(partition)) first.set(partition, offset);
    after.set(partition, offset + 1);
  }
  for (const { partition, offset } of pending.flatMap((portion) => portion.records)) {
    if (offset < (after.get(partition) ?? 0)) after.set(partition, offset);
  }
  return new Map([...after].filter(([partition, offset]) => offset !== first.get(partition)));
}

async function attempt(
  portion: Portion,
  oversized: boolean,
  ports: DeliveryPorts,
  signals: DeliverySignals,
): Promise<Verdict> {
  const oldest = ports.now() - ports.rules.maximumAgeMs;
  const expired = portion.records.filter((record) => record.timestamp < oldest);
  if (expired.length > 0) {
    await give(ports, expired, "RecordAgeExceeded", portion, signals);
    const young = portion.records.filter((record) => record.timestamp >= oldest);
    return { remaining: young.length === 0 ? [] : [{ ...portion, records: young }], pauseMs: 0 };
  }
  if (oversized) return judgeOversized(portion, ports, signals);
  const invocation = await ports.invoke(encodeEvent(ports.envelope, portion.records), signals.abandon);
  return judge(portion, invocation, ports, signals);
}

async function judge(
  portion: Portion,
  invocation: Invocation,
  ports: DeliveryPorts,
  signals: DeliverySignals,
): Promise<Verdict> {
  if (invocation.kind === "unavailable") {
    if (!signals.stop.aborted) ports.log.warn("invocation put off", { reason: invocation.reason });
    const again = { ...portion, invocations: portion.invocations + 1 };
    return { remaining: [again], pauseMs: backoff(again.invocations, ports.random) };
  }
  const last = { requestId: invocation.requestId, version: invocation.version };
  const tried = { ...portion, invocations: portion.invocations + 1 };
  if (invocation.kind === "failed") {
    const { functionError } = invocation;
    ports.log.warn("function failed", {
      functionError,
      failures: portion.failures + 1,
      ...extent(portion.records),
      response: invocation.payload.slice(0, 500),
    });
    if (ports.rules.bisect && portion.records.length > 1) return { remaining: halves(tried), pauseMs: 0 };
    return failed({ ...tried, last: { ...last, functionError } }, portion.records, ports, signals);
  }
  if (!ports.rules.partialResponses) return { remaining: [], pauseMs: 0 };
  const report = readReport(invocation.payload, portion.records);
  if (report.kind === "all") return { remaining: [], pauseMs: 0 };
  ports.log.warn("function reported failures", {
    ...(report.kind === "some" ? extent(report.failed) : { reason: report.reason, ...extent(portion.records) }),
  });
  const rest = report.kind === "some" ? report.failed : portion.records;
  return failed({ ...tried, last: { ...last, functionError: null } }, rest, ports, signals);
}

/** Counts a failed attempt of `records`: again after a pause, or discarded when the retries are used up. */
async function failed(
  portion: Portion,
  records: readonly PolledRecord[],
  ports: DeliveryPorts,
  signals: DeliverySignals,
): Promise<Verdict> {
  const failures = portion.failures + 1;
  if (failures <= ports.rules.maximumRetries) {
    return { remaining: [{ ...portion, records, failures }], pauseMs: backoff(failures, ports.random) };
  }
  await give(ports, records, "RetryAttemptsExhausted", portion, signals);
  return { remaining: [], pauseMs: 0 };
}

/** No attempt can carry it: discarded at once where it may be, otherwise it holds its partition, and says so. */
async function judgeOversized(portion: Portion, ports: DeliveryPorts, signals: DeliverySignals): Promise<Verdict> {
  if (ports.discard === null && ports.rules.maximumRetries === Number.POSITIVE_INFINITY) {
    ports.log.error("a record is too large for an invocation and holds its partition", extent(portion.records));
    return judge(portion, OVERSIZED, { ...ports, rules: { ...ports.rules, bisect: false } }, signals);
  }
  await give(ports, portion.records, "MaximumPayloadSizeExceeded", portion, signals);
  return { remaining: [], pauseMs: 0 };
}

/** Hands records to the on-failure destination, as often as it takes; without one they are logged and gone, as on AWS. */
async function give(
  ports: DeliveryPorts,
  records: readonly PolledRecord[],
  condition: FailureCondition,
  portion: Portion,
  signals: DeliverySignals,
): Promise<void> {
  const { discard, log } = ports;
  log.error("records discarded", { condition, destination: discard !== null, ...extent(records) });
  for (let tries = 1; discard !== null; tries += 1) {
    try {
      await discard({ condition, records, invocations: portion.invocations, last: portion.last });
      return;
    } catch (error) {
      log.error("the on-failure destination refused", { error: String(error), tries });
      await ports.sleep(backoff(tries, ports.random), signals.stop);
    }
  }
}

function halves(portion: Portion): readonly Portion[] {
  const middle = Math.ceil(portion.records.length / 2);
  return [
    { ...portion, records: portion.records.slice(0, middle) },
    { ...portion, records: portion.records.slice(middle) },
  ];
}

function extent(records: readonly PolledRecord[]): Readonly<Record<string, unknown>> {
  const first = records[0];
  const last = records.at(-1);
  const at = (record: PolledRecord | undefined): string | null =>
    record === undefined ? null : `${partitionKey(record)}@${record.offset}`;
  return { records: records.length, first: at(first), last: at(last) };
}
