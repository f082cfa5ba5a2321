import { z } from "zod";
import { partitionKey } from "./event.ts";
import type { PolledRecord } from "./record.ts";

/** What a function that reports batch item failures said about its batch. */
export type Report =
  | { readonly kind: "all" }
  | { readonly kind: "some"; readonly failed: readonly PolledRecord[] }
  /** An identifier that was not in the batch, or no report at all: the whole batch counts as failed. */
  | { readonly kind: "invalid"; readonly reason: string };

const report = z
  .object({
    batchItemFailures: z
      .array(z.object({ itemIdentifier: z.object({ partition: z.string(), offset: z.number().int() }) }))
      .nullish(),
  })
  .nullable();

/**
 * Reads the response `{batchItemFailures: [{itemIdentifier: {partition: "<topic>-<partition>", offset}}]}` of the
 * Lambda guide's Kafka retry configurations. null and {} are success.
 */
export function readReport(payload: string, records: readonly PolledRecord[]): Report {
  let json: unknown;
  try {
    json = payload === "" ? null : JSON.parse(payload);
  } catch {
    return { kind: "invalid", reason: "the response is not JSON" };
  }
  const parsed = report.safeParse(json);
  if (!parsed.success) return { kind: "invalid", reason: "the response is no batch item failure report" };
  const items = parsed.data?.batchItemFailures ?? [];
  if (items.length === 0) return { kind: "all" };

  const reported = new Set(items.map(({ itemIdentifier }) => identifier(itemIdentifier)));
  const failed = records.filter((record) =>
    reported.delete(identifier({ partition: partitionKey(record), offset: record.offset })),
  );
  const [unknown] = reported;
  if (unknown !== undefined) return { kind: "invalid", reason: `${unknown} was not in the batch` };
  return { kind: "some", failed };
}

function identifier(item: { readonly partition: string; readonly offset: number }): string {
  return `${item.partition}@${item.offset}`;
}
