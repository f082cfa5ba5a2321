import { identifiers, literal } from "./quote.ts";

export interface CopyRequest {
  readonly target: string;
  readonly columns: readonly string[];
  /** `s3://bucket/key` of the manifest. */
  readonly manifest: string;
  readonly role: string;
  readonly nullMarker: string;
  /** Check the files and record every refused line, without loading. @default false */
  readonly checkOnly?: boolean;
}

/** Most errors that one check collects (the largest MAXERROR). */
export const MAX_ERRORS = 100_000;

/**
 * COPY of landing files by manifest. Quoted CSV: the widest set of types (VARBYTE as hex, SUPER as JSON), and NULL, ''
 * and a literal `\N` stay apart. No compression analysis and no statistics: the files are small and encodings are declared.
 */
export function copyStatement(request: CopyRequest): string {
  return [
    `COPY ${request.target} (${identifiers(request.columns)})`,
    `FROM ${literal(request.manifest)}`,
    `IAM_ROLE ${literal(request.role)}`,
    "MANIFEST CSV GZIP",
    `NULL AS ${literal(request.nullMarker)}`,
    "DATEFORMAT 'auto' TIMEFORMAT 'auto'",
    request.checkOnly === true ? `NOLOAD MAXERROR ${MAX_ERRORS}` : "COMPUPDATE OFF STATUPDATE OFF",
  ].join("\n");
}

/** A manifest of landing files, each of which must be there. */
export function manifestText(bucket: string, keys: readonly string[]): string {
  return JSON.stringify({ entries: keys.map((key) => ({ url: `s3://${bucket}/${key}`, mandatory: true })) });
}
