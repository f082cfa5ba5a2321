import { Cron, CronDate } from "croner";

/** When a schedule fires: the slots of an expression, in milliseconds since 1970. */
export interface Slots {
  /** The last slot in (after, upTo]; null for none. Slots in between that nobody was there for are passed over. */
  last(after: number, upTo: number): number | null;
  /** Whether no slot comes after this time. */
  endsBy(time: number): boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far back a cron expression's last slot is looked for, nearest first: croner finds slots forwards only. */
const SPANS_MS = [HOUR_MS, DAY_MS, 32 * DAY_MS, 366 * DAY_MS];
const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };

/**
 * EventBridge Scheduler's `rate(5 minutes)`, `at(2026-01-02T03:04:05)` and `cron(minutes hours day month weekday year)`,
 * the latter two in the schedule's time zone.
 * @param origin rates count from here
 * @param includeOrigin whether the origin is a slot itself: true for a start date, false for the time of creation
 * @throws Error that names the expression
 */
export function parseExpression(expression: string, timezone: string, origin: number, includeOrigin: boolean): Slots {
  const match = /^(rate|at|cron)\((.+)\)$/.exec(expression.trim());
  const [, kind, body = ""] = match ?? [];
  if (kind === "rate") return rateSlots(expression, body, origin, includeOrigin);
  if (kind === "at") return atSlots(body, timezone);
  if (kind === "cron") return cronSlots(expression, body, timezone);
  throw new Error(`${expression} is no rate(), at() or cron() expression.`);
}

function rateSlots(expression: string, body: string, origin: number, includeOrigin: boolean): Slots {
  const [, value, unit = ""] = /^(\d+)\s+(minute|hour|day)s?$/.exec(body.trim()) ?? [];
  const interval = Number(value) * (UNITS[unit] ?? 0);
  if (!(interval > 0)) throw new Error(`${expression}: a rate is a positive number of minutes, hours or days.`);
  return {
    last: (after, upTo) => {
      const count = Math.floor((upTo - origin) / interval);
      const slot = origin + count * interval;
      const first = includeOrigin ? 0 : 1;
      return count >= first && slot > after ? slot : null;
    },
    endsBy: () => false,
  };
}

function atSlots(body: string, timezone: string): Slots {
  const slot = new CronDate(body.trim(), timezone).getDate(false).getTime();
  return {
    last: (after, upTo) => (slot > after && slot <= upTo ? slot : null),
    endsBy: (time) => slot <= time,
  };
}

function cronSlots(expression: string, body: string, timezone: string): Slots {
  const fields = body.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`${expression}: a cron expression has six fields.`);
  // Weekdays count from Sunday = 1; `?` is any, and croner would miss that it is a star.
  const cron = new Cron(`0 ${fields.join(" ").replaceAll("?", "*")}`, {
    timezone,
    mode: "7-part",
    alternativeWeekdays: true,
    sloppyRanges: true,
    paused: true,
  });
  return {
    last: (after, upTo) => {
      for (const span of SPANS_MS) {
        const start = Math.max(after, upTo - span);
        const slot = lastOf(cron, start, upTo);
        if (slot !== null || start === after) return slot;
      }
      return null;
    },
    endsBy: (time) => cron.nextRun(new Date(time)) === null,
  };
}

/** The last slot in (start, upTo], going through all of them. */
function lastOf(cron: Cron, start: number, upTo: number): number | null {
  let found: number | null = null;
  let slot = cron.nextRun(new Date(start));
  for (; slot !== null && slot.getTime() <= upTo; slot = cron.nextRun(slot)) {
    // A time that the clocks skip in spring does not fire; croner moves it by the hour.
    if (cron.match(slot)) found = slot.getTime();
  }
  return found;
}
