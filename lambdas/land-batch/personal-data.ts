import type { AnyTable } from "../../schemas/model/table.ts";
import { hasPersonalData } from "../../schemas/model/table.ts";
import { MillraceError } from "../core/errors.ts";
import { isPseudonym } from "../core/personal-data.ts";

/** A value of a personal column that is no pseudonym: the message names the column, never the value. */
export class ClearTextError extends MillraceError {
  override readonly name = "ClearTextError";
  override readonly retryable = false;

  constructor(column: string) {
    super(
      `column ${column} is personal data, but its value is no pseudonym: the record was not written by this capture, or before the column was marked`,
    );
  }
}

/** A record of a table with personal data that another connector wrote: its values are those of the source. */
export class ForeignRecordError extends MillraceError {
  override readonly name = "ForeignRecordError";
  override readonly retryable = false;

  constructor() {
    super(
      "the table has personal data, and the record was written by another connector, which does not pseudonymise: let Millrace capture the table, then resync it",
    );
  }
}

/** Why a payload is not kept, without a word of it. */
export const withheldReason = (error: MillraceError): string => {
  const why =
    error instanceof ClearTextError || error instanceof ForeignRecordError
      ? error.message
      : "the record cannot be read";
  return `${why}; its payload may hold personal data and is not kept: resync the table after the fix`;
};

/**
 * Whether a record that goes to quarantine may take its payload along: always without personal data; else only if it
 * shows by itself that it has left capture without any: our envelope, known columns only, pseudonyms where they belong.
 */
export function payloadGuard(
  table: AnyTable,
): (key: string | null | undefined, value: string | null | undefined) => boolean {
  if (!hasPersonalData(table)) return () => true;
  const columns = new Map(Object.values(table.columns).map((column) => [column.source, column.type.kind]));
  const isClean = (row: unknown): boolean => {
    if (row === null || row === undefined) return true;
    if (typeof row !== "object" || Array.isArray(row)) return false;
    return Object.entries(row).every(([name, value]) => {
      const kind = columns.get(name);
      return kind !== undefined && (kind !== "pseudonym" || value === null || isPseudonym(value));
    });
  };
  return (key, value) => {
    const record = decoded(value);
    if (!isEnvelope(record)) return false;
    return (
      record.source.epoch !== undefined && isClean(record.before) && isClean(record.after) && isClean(decoded(key))
    );
  };
}

interface Envelope {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly source: { readonly epoch?: unknown };
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== "object" || value === null || !("source" in value)) return false;
  return typeof value.source === "object" && value.source !== null;
}

/** JSON of base64 text; null for none, undefined for what is no JSON. */
function decoded(base64: string | null | undefined): unknown {
  if (base64 === null || base64 === undefined || base64 === "") return null;
  try {
    return JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  } catch {
    return "unreadable";
  }
}
