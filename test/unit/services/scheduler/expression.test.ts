import { describe, expect, it } from "@jest/globals";
import { parseExpression } from "../../../../localstack/services/scheduler/expression.ts";

const at = (text: string): number => Date.parse(text);
const slots = (expression: string, timezone = "UTC", origin = "2026-01-01T00:00:30Z", includeOrigin = false) =>
  parseExpression(expression, timezone, at(origin), includeOrigin);
const last = (expression: string, after: string, upTo: string, timezone = "UTC"): string | null => {
  const slot = slots(expression, timezone).last(at(after), at(upTo));
  return slot === null ? null : new Date(slot).toISOString();
};

describe("schedule expressions", () => {
  it("rate: the first slot is one interval after the creation", () => {
    const every = slots("rate(5 minutes)");
    expect(every.last(at("2026-01-01T00:00:30Z"), at("2026-01-01T00:05:29Z"))).toBeNull();
    expect(every.last(at("2026-01-01T00:00:30Z"), at("2026-01-01T00:05:30Z"))).toBe(at("2026-01-01T00:05:30Z"));
  });

  it("rate: a start date is a slot itself", () => {
    const every = slots("rate(1 hour)", "UTC", "2026-01-01T00:00:00Z", true);
    expect(every.last(0, at("2026-01-01T00:00:00Z"))).toBe(at("2026-01-01T00:00:00Z"));
    expect(every.last(0, at("2025-12-31T23:59:59Z"))).toBeNull();
  });

  it("rate: of several missed slots the last counts, and none twice", () => {
    const every = slots("rate(1 minute)");
    const slot = every.last(at("2026-01-01T00:01:30Z"), at("2026-01-01T00:09:59Z"));
    expect(slot).toBe(at("2026-01-01T00:09:30Z"));
    expect(every.last(slot ?? 0, at("2026-01-01T00:10:29Z"))).toBeNull();
  });

  it("at: once, in its time zone", () => {
    const once = slots("at(2026-07-01T10:00:00)", "Europe/Berlin");
    expect(once.last(0, at("2026-07-01T07:59:59Z"))).toBeNull();
    expect(once.last(0, at("2026-07-01T08:00:00Z"))).toBe(at("2026-07-01T08:00:00Z"));
    expect(once.endsBy(at("2026-07-01T08:00:00Z"))).toBe(true);
  });

  it.each([
    ["cron(0 9 ? * 2 *)", "2026-01-05T09:00:00.000Z"],
    ["cron(0 9 ? * MON-FRI *)", "2026-01-09T09:00:00.000Z"],
    ["cron(0/20 9 * * ? *)", "2026-01-11T09:40:00.000Z"],
    ["cron(0 9 ? * 6L *)", "2025-12-26T09:00:00.000Z"],
    ["cron(0 9 ? * 5#1 *)", "2026-01-01T09:00:00.000Z"],
    ["cron(0 9 10W * ? *)", "2026-01-09T09:00:00.000Z"],
    ["cron(0 9 L * ? *)", "2025-12-31T09:00:00.000Z"],
    ["cron(0 9 1 JAN ? 2024-2026)", "2026-01-01T09:00:00.000Z"],
    ["cron(0 9 1 1 ? 2030)", null],
  ])("%s before noon of Sunday 2026-01-11 last fired at %s", (expression, expected) => {
    expect(last(expression, "2020-01-01T00:00:00Z", "2026-01-11T12:00:00Z")).toBe(expected);
  });

  it("cron: skips a time that the clocks skip, and fires once when they go back", () => {
    const newYork = "America/New_York";
    expect(last("cron(30 2 * * ? *)", "2026-03-07T12:00:00Z", "2026-03-08T23:00:00Z", newYork)).toBeNull();
    expect(last("cron(30 1 * * ? *)", "2026-11-01T05:29:59Z", "2026-11-01T05:30:00Z", newYork)).not.toBeNull();
    expect(last("cron(30 1 * * ? *)", "2026-11-01T05:30:00Z", "2026-11-01T12:00:00Z", newYork)).toBeNull();
  });

  it.each([["every minute"], ["rate(0 minutes)"], ["rate(5 seconds)"], ["cron(0 9 * * *)"], ["cron(99 9 * * ? *)"]])(
    "refuses %s",
    (expression) => {
      expect(() => slots(expression)).toThrow();
    },
  );
});
