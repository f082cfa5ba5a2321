import { block, fn, overloads } from "./build.ts";

/** AVG of integers is a truncated BIGINT, of NUMERIC a value of the argument's scale; SUM of integers is a BIGINT. */
export const AGGREGATES: readonly string[] = [
  fn(
    "avg_add(state numeric[], value numeric)",
    "numeric[]",
    "CASE WHEN value IS NULL THEN state ELSE ARRAY[state[1] + 1, state[2] + value] END",
  ),
  fn(
    "avg_integer(state numeric[])",
    "bigint",
    "CASE WHEN state[1] > 0 THEN pg_catalog.trunc(state[2] / state[1])::bigint END",
  ),
  fn(
    "avg_numeric(state numeric[])",
    "numeric",
    "CASE WHEN state[1] > 0 THEN pg_catalog.trunc(state[2] / state[1], scale(state[2])) END",
  ),
  overloads(["smallint", "integer", "bigint"], (type) =>
    [
      fn(`avg_add(state numeric[], value ${type})`, "numeric[]", "redshift.avg_add(state, value::numeric)"),
      `CREATE OR REPLACE AGGREGATE redshift.avg(${type}) (SFUNC = redshift.avg_add, STYPE = numeric[], FINALFUNC = redshift.avg_integer, INITCOND = '{0,0}');`,
    ].join("\n"),
  ),
  "CREATE OR REPLACE AGGREGATE redshift.avg(numeric) (SFUNC = redshift.avg_add, STYPE = numeric[], FINALFUNC = redshift.avg_numeric, INITCOND = '{0,0}');",
  "CREATE OR REPLACE AGGREGATE redshift.avg(float8) (SFUNC = float8_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');",
  "CREATE OR REPLACE AGGREGATE redshift.avg(real) (SFUNC = float4_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');",
  // SUM of BIGINT is a BIGINT, and fails where it does not fit; PostgreSQL's is NUMERIC. The others are as there.
  ...(
    [
      ["smallint", "int2_sum", "bigint"],
      ["integer", "int4_sum", "bigint"],
      ["bigint", "int8pl", "bigint"],
      ["float8", "float8pl", "float8"],
      ["interval", "interval_pl", "interval"],
      // The planner must know how small its state is, or it sorts instead of hashing.
      ["numeric", "numeric_avg_accum", "internal, SSPACE = 128, FINALFUNC = numeric_sum"],
    ] as const
  ).map(
    ([type, add, state]) => `CREATE OR REPLACE AGGREGATE redshift.sum(${type}) (SFUNC = ${add}, STYPE = ${state});`,
  ),
];

/** What the session knows of its last COPY and query, and the assertion that MERGE needs. */
export const SESSION: readonly string[] = [
  fn(
    "pg_last_copy_count()",
    "bigint",
    "coalesce(nullif(current_setting('redshift.copy_count', true), ''), '0')::bigint",
    "STABLE",
  ),
  fn(
    "pg_last_copy_id()",
    "bigint",
    "coalesce(nullif(current_setting('redshift.copy_id', true), ''), '-1')::bigint",
    "STABLE",
  ),
  fn(
    "pg_last_query_id()",
    "bigint",
    "coalesce(nullif(current_setting('redshift.query_id', true), ''), '-1')::bigint",
    "STABLE",
  ),
  block(
    "refuse_when(condition boolean, reason text)",
    "void",
    "BEGIN IF condition THEN RAISE EXCEPTION '%', reason; END IF; END",
    "STABLE",
  ),
];
