import { z } from "zod";

/**
 * What is in the quarantine bucket. Four writers, four forms: the captures set changes aside that no record can carry
 * (size-limit.ts), land-batch records that it cannot read, load-warehouse lines that COPY refuses, and the event source's
 * service whole batches that it gave up.
 */

const place = {
  reason: z.string(),
  topic: z.string(),
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative(),
};

const recordSchema = z.object({
  ...place,
  /** Milliseconds since 1970, as the broker has it. */
  timestamp: z.number(),
  /** Base64; null for none. */
  key: z.string().nullable(),
  value: z.string().nullable(),
  /** Key and value are left out, because they may hold personal data in the clear. @default - false */
  withheld: z.literal(true).optional(),
});
/** One record that could not be read, whole, with what is needed to find it again or to send it back. */
export type QuarantinedRecord = Readonly<z.output<typeof recordSchema>>;

const lineSchema = z.object({
  ...place,
  /** Hash of the definition that the line was written under. @default - the table's at that time */
  definition: z.string().optional(),
  /** As it stands in the landed file, with its line end. */
  line: z.string(),
});
/** One line of a landed file that COPY refused. */
export type RefusedLine = Readonly<z.output<typeof lineSchema>>;

const batchSchema = z.object({
  timestamp: z.string().optional(),
  requestContext: z.looseObject({ condition: z.string() }),
  /** The event as the function would have got it. */
  payload: z.string().optional(),
});

const eventSchema = z.looseObject({
  records: z.record(
    z.string(),
    z.array(
      z.looseObject({ topic: z.string(), partition: z.int(), offset: z.int(), timestamp: z.number().optional() }),
    ),
  ),
});
/** What of an event tells where its records belong. */
export type GivenUpEvent = z.output<typeof eventSchema>;

/** A batch that the event source's service gave up. */
export interface GivenUpBatch {
  readonly reason: string;
  readonly at: string | null;
  /** Null when the service kept no payload. */
  readonly event: GivenUpEvent | null;
}

const changeSchema = z.object({
  reason: z.string(),
  topic: z.string(),
  timestamp: z.number(),
  key: z.string().nullable(),
  value: z.string(),
});
/** A change that never got into Kafka, so it has no offset. */
export type OversizedChange = Readonly<z.output<typeof changeSchema>>;

/** The content of one object; `unreadable` counts lines that are none of these. */
export interface QuarantineObject {
  readonly records: readonly QuarantinedRecord[];
  readonly lines: readonly RefusedLine[];
  readonly changes: readonly OversizedChange[];
  readonly batch: GivenUpBatch | null;
  readonly unreadable: number;
}

export const CHANGES_PREFIX = "capture/";
export const RECORDS_PREFIX = "land/";
export const LINES_PREFIX = "load/";
export const BATCHES_PREFIX = "aws/lambda/";

/** Reads one object of the quarantine bucket. Never throws: what it cannot read it counts. */
export function readQuarantine(key: string, text: string): QuarantineObject {
  if (key.startsWith(BATCHES_PREFIX)) {
    const batch = readBatch(text);
    return { records: [], lines: [], changes: [], batch, unreadable: batch === null ? 1 : 0 };
  }
  const records: QuarantinedRecord[] = [];
  const lines: RefusedLine[] = [];
  const changes: OversizedChange[] = [];
  let unreadable = 0;
  for (const row of text.split("\n")) {
    if (row === "") continue;
    const value = parseJson(row);
    const record = recordSchema.safeParse(value);
    const line = lineSchema.safeParse(value);
    const change = changeSchema.safeParse(value);
    if (record.success) records.push(record.data);
    else if (line.success) lines.push(line.data);
    else if (change.success) changes.push(change.data);
    else unreadable += 1;
  }
  return { records, lines, changes, batch: null, unreadable };
}

function readBatch(text: string): GivenUpBatch | null {
  const parsed = batchSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { payload, requestContext, timestamp } = parsed.data;
  const event = payload === undefined ? null : (eventSchema.safeParse(parseJson(payload)).data ?? null);
  return { reason: `the event source gave the batch up: ${requestContext.condition}`, at: timestamp ?? null, event };
}

/** JSON lines, as the objects are written. */
export function quarantineBody(items: readonly (QuarantinedRecord | RefusedLine)[]): Buffer {
  return Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join(""), "utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
