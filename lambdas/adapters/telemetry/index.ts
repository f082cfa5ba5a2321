import { METRIC_NAMESPACE } from "../../core/metrics.ts";
import type { Telemetry } from "../../core/ports.ts";

export interface TelemetrySettings {
  readonly stage: string;
  /** Name of the function, in every line. */
  readonly service: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Log lines as JSON, and metrics as CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * a line of the log is a metric, so that measuring costs no call. A metric with dimensions of its own counts for the
 * stage as a whole too, which is what alarms look at.
 */
export function createTelemetry(
  settings: TelemetrySettings,
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
  now: () => number = Date.now,
): Telemetry {
  const log =
    (level: string) =>
    (message: string, fields: Fields = {}): void =>
      write(JSON.stringify({ level, message, service: settings.service, ...fields }));

  return {
    info: log("INFO"),
    warn: log("WARN"),
    error: log("ERROR"),
    metric(name, value, unit, dimensions = {}) {
      const own = Object.keys(dimensions);
      const sets = own.length === 0 ? [["Stage"]] : [["Stage"], ["Stage", ...own]];
      const directive = { Namespace: METRIC_NAMESPACE, Dimensions: sets, Metrics: [{ Name: name, Unit: unit }] };
      write(
        JSON.stringify({
          _aws: { Timestamp: now(), CloudWatchMetrics: [directive] },
          Stage: settings.stage,
          ...dimensions,
          service: settings.service,
          [name]: value,
        }),
      );
    },
  };
}
