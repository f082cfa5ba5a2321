import type { AnyTable } from "../model/table.ts";
import { joinColumns } from "./keys.ts";
import { identifiers, literal } from "./quote.ts";
import { OPEN_PAST } from "./star-names.ts";

/** Sorts behind every version: versions are digits and dots. The empty text sorts before. */
const AFTER_ALL = "'z'";

export const WHOLE_FRAME = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
const BEFORE_HERE = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING";

export const moment = (text: string): string => `CAST(${literal(text)} AS TIMESTAMP)`;

interface Stretches {
  /** Name of the last of the common table expressions. */
  readonly name: string;
  readonly table: AnyTable;
  readonly columns: readonly string[];
  /** FROM and joins that choose rows of the history, which has the alias `h`. */
  readonly from: string;
  /** A joined table: its first row holds for all versions before, its last also after a delete. */
  readonly joined: boolean;
}

/**
 * Common table expressions that give each row of a history the stretch of versions [since, until) in which it was the
 * newest of its key; `at` is its event time, `last_op` the newest operation on the key.
 *
 * A snapshot row has the anchor's version but was read later: it gives way to any change that it already contained,
 * or the past would show values of its future. A delete ends a stretch and opens none. The state that a key's first
 * snapshot row shows was there before: it has no event time.
 */
export function stretches({ name, table, columns, from, joined }: Stretches): readonly string[] {
  const keys = joinColumns(table);
  const taken = [...new Set([...keys, ...columns])];
  const list = identifiers(taken);
  const byKey = `PARTITION BY ${identifiers(keys)} ORDER BY _version`;
  const read = `${name}_read AS (
  SELECT ${identifiers(taken, "h")}, h._version, h._op, h._commit_at, h._captured_at,
    MIN(CASE WHEN h._op IN ('c', 'u') THEN h._commit_at END)
      OVER (PARTITION BY ${identifiers(keys, "h")} ORDER BY h._version DESC ${BEFORE_HERE}) AS contained_at
  ${from}
)`;
  const kept = `${name}_kept AS (
  SELECT ${list}, _version, _op,
    CASE WHEN _op = 'r' AND ROW_NUMBER() OVER (${byKey}) = 1 THEN ${moment(OPEN_PAST)}
      ELSE COALESCE(_commit_at, _captured_at, ${moment(OPEN_PAST)}) END AS at,
    FIRST_VALUE(_op) OVER (${byKey} DESC ${WHOLE_FRAME}) AS last_op,
    LEAD(_version) OVER (${byKey}) AS next_version${joined ? `, ROW_NUMBER() OVER (${byKey}) AS nth` : ""}
  FROM ${name}_read
  WHERE CASE WHEN _op = 'r' AND contained_at <= _captured_at THEN FALSE ELSE TRUE END${joined ? " AND _op <> 'd'" : ""}
)`;
  const since = joined ? "CASE WHEN nth = 1 THEN '' ELSE _version END" : "_version";
  const final = `${name} AS (
  SELECT ${list}, at, last_op, ${since} AS since, COALESCE(next_version, ${AFTER_ALL}) AS until
  FROM ${name}_kept
  WHERE _op <> 'd'
)`;
  return [read, kept, final];
}
