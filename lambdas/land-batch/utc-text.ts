import { MalformedInputError } from "../core/errors.ts";

/** Beyond it JavaScript has no date; and the year must have four digits, as the warehouse reads it. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Milliseconds -> `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. Rows of one transaction share theirs: the last text is kept.
 * @param absent text for a time that the record does not have
 * @throws MalformedInputError for a time after the year 9999
 */
export function utcText(absent: string): (milliseconds: number | null | undefined) => string {
  let last = Number.NaN;
  let text = "";
  return (milliseconds) => {
    if (milliseconds === null || milliseconds === undefined) return absent;
    if (milliseconds !== last) {
      if (milliseconds > LATEST) throw new MalformedInputError(`${milliseconds} ms is after the year 9999`);
      text = `${new Date(milliseconds).toISOString().replace("T", " ").slice(0, 23)}000`;
      last = milliseconds;
    }
    return text;
  };
}
