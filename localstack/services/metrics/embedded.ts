import type { MetricDatum, StandardUnit } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";

/** The envelope of CloudWatch's embedded metric format: which members of a log line are metrics. */
const envelope = z.object({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(
          z.object({ Name: z.string(), Unit: z.string().optional(), StorageResolution: z.number().optional() }),
        ),
      }),
    ),
  }),
});

export interface EmbeddedMetric {
  readonly namespace: string;
  readonly datum: MetricDatum;
}

/**
 * The metrics of one log line, a datum per dimension set; none when the line is no embedded metric. A metric whose
 * value is missing, or a set whose dimension is, is left out, as CloudWatch does.
 */
export function embeddedMetrics(line: string): readonly EmbeddedMetric[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const json = parse(line);
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return [];
  const members = json as Readonly<Record<string, unknown>>;
  const { Timestamp, CloudWatchMetrics } = parsed.data._aws;
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = names.map((name) => ({ Name: name, Value: members[name] }));
      if (!dimensions.every((dimension) => typeof dimension.Value === "string" && dimension.Value !== "")) return [];
      return Metrics.flatMap(({ Name, Unit, StorageResolution }) => {
        const values = valuesOf(members[Name]);
        if (values.length === 0) return [];
        const datum: MetricDatum = {
          MetricName: Name,
          Timestamp: new Date(Timestamp),
          Dimensions: dimensions.map((dimension) => ({ Name: dimension.Name, Value: String(dimension.Value) })),
          Unit: (Unit ?? "None") as StandardUnit,
          ...(StorageResolution === undefined ? {} : { StorageResolution }),
          ...(values.length === 1 ? { Value: values[0] } : { Values: [...values], Counts: values.map(() => 1) }),
        };
        return [{ namespace: Namespace, datum }];
      });
    }),
  );
}

function valuesOf(value: unknown): readonly number[] {
  const values = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return values.filter((one): one is number => typeof one === "number" && Number.isFinite(one));
}

/** The line may have a prefix of the runtime before its object (time, request id and level, separated by tabs). */
function parse(line: string): unknown {
  const start = line.indexOf("{");
  try {
    return start < 0 ? null : JSON.parse(line.slice(start));
  } catch {
    return null;
  }
}
