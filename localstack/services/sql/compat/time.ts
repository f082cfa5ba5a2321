import { fn, overloads } from "./build.ts";

const MOMENTS = ["date", "timestamp", "text"];

/** Dates and times. */
export const TIME: readonly string[] = [
  fn("today()", "date", "(statement_timestamp() AT TIME ZONE 'UTC')::date", "STABLE"),
  fn("getdate()", "timestamp", "date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC')", "STABLE"),
  fn("sysdate()", "timestamp", "transaction_timestamp() AT TIME ZONE 'UTC'", "STABLE"),
  fn(
    "units(part text, amount bigint)",
    "interval",
    `CASE part WHEN 'quarter' THEN amount * 3 * interval '1 month' WHEN 'century' THEN amount * interval '100 years'
     WHEN 'decade' THEN amount * interval '10 years' WHEN 'millennium' THEN amount * interval '1000 years'
     WHEN 'millisecond' THEN amount * interval '1 millisecond' WHEN 'microsecond' THEN amount * interval '1 microsecond'
     ELSE amount * ('1 ' || part)::interval END`,
  ),
  overloads(MOMENTS, (type) =>
    fn(
      `dateadd(part text, amount bigint, moment ${type})`,
      "timestamp",
      "moment::timestamp + redshift.units(part, amount)",
    ),
  ),
  fn(
    "dateadd(part text, amount bigint, moment timestamptz)",
    "timestamptz",
    "moment + redshift.units(part, amount)",
    "STABLE",
  ),
  // Boundaries crossed, not time passed: month('2024-01-31', '2024-02-01') is 1.
  fn(
    "datediff(part text, a timestamp, b timestamp)",
    "bigint",
    `(CASE part
       WHEN 'year' THEN extract(year FROM b) - extract(year FROM a)
       WHEN 'quarter' THEN (extract(year FROM b) * 4 + extract(quarter FROM b)) - (extract(year FROM a) * 4 + extract(quarter FROM a))
       WHEN 'month' THEN (extract(year FROM b) * 12 + extract(month FROM b)) - (extract(year FROM a) * 12 + extract(month FROM a))
       WHEN 'day' THEN b::date - a::date
       WHEN 'hour' THEN floor(extract(epoch FROM b) / 3600) - floor(extract(epoch FROM a) / 3600)
       WHEN 'minute' THEN floor(extract(epoch FROM b) / 60) - floor(extract(epoch FROM a) / 60)
       WHEN 'second' THEN floor(extract(epoch FROM b)) - floor(extract(epoch FROM a))
       WHEN 'millisecond' THEN floor(extract(epoch FROM b) * 1000) - floor(extract(epoch FROM a) * 1000)
       WHEN 'microsecond' THEN (extract(epoch FROM b) - extract(epoch FROM a)) * 1000000
     END)::bigint`,
  ),
  overloads(["date", "text"], (type) =>
    fn(`datediff(part text, a ${type}, b ${type})`, "bigint", "redshift.datediff(part, a::timestamp, b::timestamp)"),
  ),
  fn(
    "datediff(part text, a timestamptz, b timestamptz)",
    "bigint",
    "redshift.datediff(part, a AT TIME ZONE 'UTC', b AT TIME ZONE 'UTC')",
  ),
  overloads(MOMENTS, (type) =>
    fn(`date_trunc(part text, moment ${type})`, "timestamp", "pg_catalog.date_trunc(part, moment::timestamp)"),
  ),
  fn("date_trunc(part text, moment timestamptz)", "timestamptz", "pg_catalog.date_trunc(part, moment, 'UTC')"),
  overloads(MOMENTS, (type) =>
    fn(`date_part(part text, moment ${type})`, "float8", "pg_catalog.date_part(part, moment::timestamp)"),
  ),
  fn("date_part(part text, moment timestamptz)", "float8", "pg_catalog.date_part(part, moment AT TIME ZONE 'UTC')"),
  fn(
    "last_day(moment timestamp)",
    "date",
    "(pg_catalog.date_trunc('month', moment) + interval '1 month - 1 day')::date",
  ),
  // From the last day of a month to the last day of a month.
  fn(
    "add_months(moment timestamp, amount bigint)",
    "timestamp",
    `CASE WHEN moment::date = redshift.last_day(moment)
       THEN redshift.last_day(moment + amount * interval '1 month') + moment::time ELSE moment + amount * interval '1 month' END`,
  ),
  fn(
    "convert_timezone(source text, target text, moment timestamp)",
    "timestamp",
    "(moment AT TIME ZONE source) AT TIME ZONE target",
  ),
  fn("convert_timezone(target text, moment timestamp)", "timestamp", "(moment AT TIME ZONE 'UTC') AT TIME ZONE target"),
  fn("convert_timezone(target text, moment timestamptz)", "timestamp", "moment AT TIME ZONE target"),
  fn("to_date(value text, format text)", "date", "pg_catalog.to_date(value, format)"),
  fn("trunc(moment timestamp)", "date", "moment::date"),
  fn("trunc(value numeric)", "numeric", "pg_catalog.trunc(value)"),
  fn("trunc(value float8)", "float8", "pg_catalog.trunc(value)"),
  fn("trunc(value numeric, digits integer)", "numeric", "pg_catalog.trunc(value, digits)"),
];
