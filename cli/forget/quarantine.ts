import { topicName } from "../../schemas/naming.ts";
import type { Definitions } from "./definitions.ts";
import type { Sought } from "./person.ts";

export interface Cleaned {
  /** Null: nothing is left to keep. */
  readonly text: string | null;
  readonly removed: number;
}

/**
 * A quarantine object without the person's records, whatever their versions: they never reached a table. It is one of
 * three: JSON lines of records (land-batch), JSON lines of CSV lines (load-warehouse), or the payload of a batch that
 * the event source gave up.
 */
export async function withoutPerson(text: string, sought: Sought, definitions: Definitions): Promise<Cleaned> {
  const whole = parse(text);
  if (isObject(whole) && !("reason" in whole)) {
    return cleanedPayload(whole, (item) => isOfTopic(sought, item) && isRecordOf(sought, item));
  }
  const lines = text.split("\n").filter((line) => line !== "");
  const kept: string[] = [];
  for (const line of lines) if (!(await isTheirs(parse(line), sought, definitions))) kept.push(line);
  const removed = lines.length - kept.length;
  return { text: kept.length === 0 ? null : kept.map((line) => `${line}\n`).join(""), removed };
}

async function isTheirs(item: unknown, sought: Sought, definitions: Definitions): Promise<boolean> {
  if (!isObject(item)) return false;
  const { line, definition } = item;
  if (typeof line !== "string") return isRecordOf(sought, item);
  const isLine = await definitions.remover(typeof definition === "string" ? definition : null);
  return isLine(line);
}

/** Lists of records anywhere in the document, without those that match. */
function cleanedPayload(document: Readonly<Record<string, unknown>>, isTheirs: (item: unknown) => boolean): Cleaned {
  let removed = 0;
  const text = JSON.stringify(document, (name, value: unknown) => {
    if (name === "payload" && typeof value === "string") {
      const inner = parse(value);
      if (!isObject(inner)) return value;
      const cleaned = cleanedPayload(inner, isTheirs);
      removed += cleaned.removed;
      return cleaned.text;
    }
    if (!Array.isArray(value)) return value;
    const items: readonly unknown[] = value;
    const kept = items.filter((item) => !isTheirs(item));
    removed += items.length - kept.length;
    return kept;
  });
  return { text, removed };
}

const isOfTopic = (sought: Sought, item: unknown): item is Readonly<Record<string, unknown>> =>
  isObject(item) && item["topic"] === topicName(sought.table);

function isRecordOf(sought: Sought, item: Readonly<Record<string, unknown>>): boolean {
  const value = decoded(item["value"]);
  const rows = isObject(value) ? [value["before"], value["after"]] : [];
  return [decoded(item["key"]), ...rows].some((row) => isObject(row) && sought.isRecord(row));
}

function decoded(base64: unknown): unknown {
  return typeof base64 === "string" ? parse(Buffer.from(base64, "base64").toString("utf8")) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
