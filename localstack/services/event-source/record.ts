/** A record as the function will see it: already the JSON text of its place in the event, so that sizes are exact. */
export interface PolledRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970, the record's CreateTime. */
  readonly timestamp: number;
  readonly json: string;
  /** Bytes of `json` in UTF-8. */
  readonly bytes: number;
  /** When it was polled, for the batching window. */
  readonly polledAt: number;
}

/** What the Kafka client hands over. */
export interface RawMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly offset: string;
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
}
type HeaderValue = Buffer | string;

/** Encodes a message as Lambda does: key and value in base64, and left out when null (a tombstone has no `value`). */
export function toRecord(topic: string, partition: number, message: RawMessage, polledAt: number): PolledRecord {
  const parts = [
    `"topic":${JSON.stringify(topic)}`,
    `"partition":${partition}`,
    `"offset":${message.offset}`,
    `"timestamp":${message.timestamp}`,
    `"timestampType":"CREATE_TIME"`,
  ];
  if (message.key !== null) parts.push(`"key":"${message.key.toString("base64")}"`);
  if (message.value !== null) parts.push(`"value":"${message.value.toString("base64")}"`);
  const headers = message.headers === undefined ? "[]" : encodeHeaders(message.headers);
  const json = `{${parts.join(",")},"headers":${headers}}`;
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    json,
    bytes: Buffer.byteLength(json),
    polledAt,
  };
}

/** One object per header. Bytes are signed, -128 to 127: the service writes a Java byte array. */
function encodeHeaders(headers: NonNullable<RawMessage["headers"]>): string {
  const encoded: Record<string, readonly number[]>[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const values: readonly (HeaderValue | undefined)[] = Array.isArray(value)
      ? value
      : [value as HeaderValue | undefined];
    for (const one of values) {
      const bytes = typeof one === "string" ? Buffer.from(one) : (one ?? Buffer.alloc(0));
      encoded.push({ [name]: [...new Int8Array(bytes)] });
    }
  }
  return JSON.stringify(encoded);
}
