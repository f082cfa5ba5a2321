import type { MSKEvent, MSKRecord } from "aws-lambda";
import { z } from "zod";
import { fileDefinition } from "../../schemas/hash.ts";
import { MalformedInputError } from "../core/errors.ts";
import type { RedriveOutcome } from "../core/events.ts";
import { readQuarantine } from "../core/quarantine.ts";
import type { QuarantinedRecord } from "../core/quarantine.ts";
import { encodeRange } from "./encode-range.ts";
import type { LandPorts, LandSettings } from "./land-batch.ts";
import { landBatch, nameOf, tableOf } from "./land-batch.ts";
import { offsetRanges } from "./msk-event.ts";

const requestSchema = z.object({
  action: z.literal("redrive"),
  /** Of an object in the quarantine bucket. */
  key: z.string(),
  /** Which of its records. @default - all */
  places: z.array(z.object({ partition: z.int(), offset: z.int() })).optional(),
});

/** Whether the function was called by somebody and not by the event source. */
export const isRedrive = (event: unknown): boolean => typeof event === "object" && event !== null && "action" in event;

/**
 * Lands records of quarantine again, as they are written now and under the definition of now, each with its own partition
 * and offset. What still cannot be read is named with its reason. Quarantine itself is not touched: whoever asked takes
 * out what is loaded. A batch that was given up is landed as if it had just come.
 *
 * Safe to repeat because the same records make the same objects.
 * @throws MalformedInputError when the request or the object is none
 */
export async function redriveRecords(
  request: unknown,
  settings: LandSettings,
  ports: LandPorts,
): Promise<RedriveOutcome> {
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) throw new MalformedInputError(`no request to redrive: ${z.prettifyError(parsed.error)}`);
  const { key, places } = parsed.data;
  const stored = await ports.quarantine.get(key);
  if (stored === null) throw new MalformedInputError(`s3://${ports.quarantine.bucket}/${key} is gone`);
  const { records, batch } = readQuarantine(key, stored.body.toString("utf8"));
  if (batch !== null) {
    if (batch.event === null) throw new MalformedInputError(`${key} has no payload: resync its table`);
    return { landed: await landBatch(batch.event as unknown as MSKEvent, settings, ports), refused: [] };
  }
  const wanted = places === undefined ? null : new Set(places.map(({ partition, offset }) => `${partition}:${offset}`));
  const chosen = records.filter(({ partition, offset }) => wanted?.has(`${partition}:${offset}`) ?? true);
  return landAgain(chosen, settings, ports);
}

async function landAgain(
  records: readonly QuarantinedRecord[],
  settings: LandSettings,
  ports: LandPorts,
): Promise<RedriveOutcome> {
  const landed: string[] = [];
  const refused: RedriveOutcome["refused"][number][] = [];
  for (const { topic, partition, offset, reason } of records.filter(({ withheld }) => withheld === true)) {
    refused.push({ topic, partition, offset, reason });
  }
  for (const range of offsetRanges(eventOf(records))) {
    const encoded = encodeRange(range, fileDefinition(tableOf(range.topic, settings.tables)), settings.encoders);
    for (const { topic, partition, offset, reason } of encoded.quarantined) {
      refused.push({ topic, partition, offset, reason });
    }
    const body = await encoded.body;
    if (encoded.rows === 0) continue;
    const key = await nameOf(encoded, settings, ports);
    // Written over, should it be there: what an earlier try had in it and this one has not is still in quarantine.
    await ports.landing.put(key, body, "application/gzip");
    ports.telemetry.info("landed from quarantine", { key, rows: encoded.rows });
    landed.push(key);
  }
  return { landed, refused };
}

/** The records that have their payload, as the event source would deliver them: by partition, in order, each once. */
function eventOf(records: readonly QuarantinedRecord[]): MSKEvent {
  const groups = new Map<string, Map<number, MSKRecord>>();
  for (const { topic, partition, offset, timestamp, key, value, withheld } of records) {
    if (withheld === true) continue;
    const id = `${topic}-${partition}`;
    const group = groups.get(id) ?? new Map<number, MSKRecord>();
    const record = { topic, partition, offset, timestamp, timestampType: "CREATE_TIME", headers: [], key, value };
    groups.set(id, group.set(offset, record as unknown as MSKRecord));
  }
  const sorted = [...groups].map(([id, group]) => [id, [...group.values()].sort((a, b) => a.offset - b.offset)]);
  return { records: Object.fromEntries(sorted) as MSKEvent["records"] } as MSKEvent;
}
