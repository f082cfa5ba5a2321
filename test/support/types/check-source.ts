import type { FieldValue, Row } from "../../../lambdas/core/record.ts";
import type { Seen, State } from "./source-run.ts";

const show = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined;
  return text !== undefined && text.length > 300 ? `${text.slice(0, 300)}...` : String(text);
};

/** How the ways of reading disagree; empty when every row is the same text by all of them. */
export function sourceProblems(seen: Seen): readonly string[] {
  const [first, second] = seen.states;
  const problems: string[] = [];
  const same = (way: string, n: number, text: string | null, state: State): void => {
    const expected = state.snapshot.get(n);
    if (text !== expected)
      problems.push(`row ${n} by ${way} is ${text ?? "null"}, by snapshot ${expected ?? "absent"}`);
  };
  const counts = { c: 0, u: 0, d: 0 };
  for (const { op, change } of seen.changes) {
    counts[op] += 1;
    const n = (JSON.parse(change.after ?? change.before ?? "{}") as { n: number }).n;
    if (op === "c") same("insert", n, change.after, first);
    if (op === "u") {
      same("update before", n, change.before, first);
      same("update after", n, change.after, second);
    }
    if (op === "d") same("delete", n, change.before, second);
    if (change.key !== (op === "c" ? first : second).keys.get(n))
      problems.push(`row ${n} by ${op} has the key ${change.key ?? "null"}`);
  }
  if (counts.c !== first.snapshot.size) problems.push(`${counts.c} inserts of ${first.snapshot.size} rows`);
  if (counts.d !== second.snapshot.size) problems.push(`${counts.d} deletes of ${second.snapshot.size} rows`);
  return [...problems, ...expectedProblems(seen)];
}

/** Where a value is not the text that the generator knows it must be. */
function expectedProblems({ table, states: [first] }: Seen): readonly string[] {
  return [...first.snapshot].flatMap(([n, text]) => {
    const row = JSON.parse(text) as Row;
    return table.columns.flatMap(({ name, ddl, inserted }) => {
      const record: FieldValue | undefined = inserted[n]?.record;
      if (record === undefined || Object.is(row[name], record)) return [];
      // A NULL that a NOT NULL column got in its own way, and CHAR, which is stored without trailing blanks.
      if (record === null && ddl.includes("NOT NULL")) return [];
      return [`row ${n} column ${name} (${ddl}) is ${show(row[name])}, written was ${show(record)}`];
    });
  });
}
