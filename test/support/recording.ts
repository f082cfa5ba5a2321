import type { Publisher } from "../../lambdas/core/capture-ports.ts";
import type { Telemetry } from "../../lambdas/core/ports.ts";
import type { ChangeRecord } from "../../lambdas/core/record.ts";

export interface Sent {
  readonly topic: string;
  readonly key: string | null;
  readonly record: ChangeRecord;
}

/** Remembers what was sent; `flush` can be made to fail. */
export function recordingPublisher(): Publisher & { readonly sent: Sent[]; failFlush: Error | null } {
  const sent: Sent[] = [];
  const remember = (topic: string, key: string | null, value: string): void => {
    sent.push({ topic, key, record: JSON.parse(value) as ChangeRecord });
  };
  return {
    sent,
    failFlush: null,
    send(topic, key, value) {
      remember(topic, key, value);
      return true;
    },
    sendToAll: async (topic, value) => remember(topic, null, value),
    drained: async () => undefined,
    async flush() {
      if (this.failFlush !== null) throw this.failFlush;
    },
    close: async () => undefined,
  };
}

/** Telemetry that keeps its lines and metrics. */
export function recordingTelemetry(): Telemetry & { readonly lines: string[]; readonly metrics: Map<string, number> } {
  const lines: string[] = [];
  const metrics = new Map<string, number>();
  const line = (message: string, fields?: object): void => {
    lines.push(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`);
  };
  return {
    lines,
    metrics,
    info: line,
    warn: line,
    error: line,
    metric: (name, value) => {
      metrics.set(name, (metrics.get(name) ?? 0) + value);
    },
  };
}
