import type { RedshiftDataClient } from "@aws-sdk/client-redshift-data";

/** A quote inside a JSON string is escaped: this can only be a field of the answer. */
const LONG_VALUE = /"longValue"\s*:\s*(-?\d{16,})/g;

/**
 * The SDK reads an answer's numbers with JSON.parse, which bends integers beyond 2^53. This hands them over as
 * `stringValue`, exact, before it does.
 */
export function keepIntegersExact(client: RedshiftDataClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: unknown };
      if (isStream(response.body)) response.body = Buffer.from(exact(await readText(response.body)), "utf8");
      return result;
    },
    // After the answer has come, before the SDK parses it.
    { step: "deserialize", name: "keepIntegersExact", priority: "low", override: true },
  );
}

/** The text of an answer with the integers that JavaScript cannot hold as strings. */
export function exact(body: string): string {
  return body.replace(LONG_VALUE, (field, digits: string) =>
    Number.isSafeInteger(Number(digits)) ? field : `"stringValue":"${digits}"`,
  );
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
