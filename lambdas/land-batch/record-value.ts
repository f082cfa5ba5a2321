import { MalformedInputError } from "../core/errors.ts";
import type { ChangeRecord } from "../core/record.ts";

/** TypeScript's library does not know the third argument yet (ES2025, JSON.parse source text access). */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver?: SourceReviver) => unknown;

/**
 * Reads a record's value.
 * @param exact hand numbers that JavaScript cannot hold over as their own text: slower, for the few records that need it
 * @throws MalformedInputError saying what is wrong with it
 */
export function parseRecord(text: string, exact: boolean): ChangeRecord {
  let value: unknown;
  try {
    value = exact ? parseWithSource(text, keepText) : JSON.parse(text);
  } catch (error) {
    throw new MalformedInputError("the value is no JSON", { cause: error });
  }
  const problem = problemOf(value);
  if (problem !== null) throw new MalformedInputError(problem);
  return value as ChangeRecord;
}

function keepText(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || source === undefined) return value;
  return Number.isSafeInteger(value) && !/[.eE]/.test(source) ? value : source;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const OPERATIONS = new Set(["r", "c", "u", "d", "t"]);

/** What keeps a value from being Debezium's envelope, or null. Written out for speed: this runs for every record. */
function problemOf(value: unknown): string | null {
  if (!isObject(value)) return "the value is no JSON object";
  const { op, source, ts_ms: captured } = value;
  if (op === undefined && "payload" in value) {
    return "the value carries a schema: set value.converter.schemas.enable=false at the connector";
  }
  if (typeof op !== "string") return "the value has no op";
  if (!OPERATIONS.has(op)) return `operation ${JSON.stringify(op)} is none of r, c, u, d, t`;
  if (!isObject(source)) return "the value has no source";
  if (typeof source["file"] !== "string") return "source.file is no text";
  if (!isCount(source["pos"])) return "source.pos is no whole number";
  if (!isCount(source["row"])) return "source.row is no whole number";
  if (!isCount(source["ts_ms"])) return "source.ts_ms is no whole number";
  if (source["epoch"] !== undefined && !isCount(source["epoch"])) return "source.epoch is no whole number";
  if (source["pass"] !== undefined && !isCount(source["pass"])) return "source.pass is no whole number";
  if (captured !== undefined && captured !== null && !isCount(captured)) return "ts_ms is no whole number";
  if (!isRowOrNull(value["before"]) || !isRowOrNull(value["after"])) return "before or after is no JSON object";
  return null;
}

const isCount = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isRowOrNull = (value: unknown): boolean => value === undefined || value === null || isObject(value);
