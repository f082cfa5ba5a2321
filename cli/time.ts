import { InvalidArgumentError } from "commander";

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Milliseconds since 1970 of an ISO time, UTC where it names no zone.
 * @throws InvalidArgumentError for what is no time, or lies ahead
 */
export function pastTime(text: string, now = Date.now()): number {
  const example = "for example 2026-03-01 or 2026-03-01T06:30:00Z";
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) || !/[T ]/.test(text) ? text : `${text}Z`;
  const time = ISO.test(text) ? Date.parse(zoned.replace(" ", "T")) : Number.NaN;
  if (Number.isNaN(time) || !isDay(text.slice(0, 10))) throw new InvalidArgumentError(`A time is needed, ${example}.`);
  if (time > now) throw new InvalidArgumentError(`${new Date(time).toISOString()} lies ahead: nothing is from then.`);
  return time;
}

/** JavaScript takes the 30th of February for the 2nd of March. */
const isDay = (text: string): boolean => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
