import type { Client } from "pg";
import { changeRecords, recordWriter } from "../../../lambdas/core/record-text.ts";
import type { RecordOrigin } from "../../../lambdas/core/record-text.ts";
import type { Row } from "../../../lambdas/core/record.ts";
import type { LogPlace } from "../../../lambdas/core/capture-ports.ts";
import { canonicalColumn } from "../../../localstack/demo/compare/canonical.ts";
import { historyName, mirrorName } from "../../../schemas/naming.ts";
import type { Loading } from "../loading/loading.ts";
import type { Seen, State } from "./source-run.ts";

const START = 1_704_067_200_000;

interface Sent {
  readonly text: string;
  readonly op: string;
  readonly n: number;
  readonly state: State;
  readonly key: string | null;
}

/** Every record of the table as the captures write it; deletes of even rows are held back, so that something stays. */
export function recordsOf({ definition, start, states: [first, second], changes }: Seen): readonly Sent[] {
  const writer = (place: LogPlace, snapshot: boolean) => recordWriter(originOf(definition, place, snapshot), START);
  const sent: Sent[] = [];
  for (const [n, text] of first.snapshot) {
    const key = first.keys.get(n) ?? null;
    sent.push({ text: writer(start, true).change("r", 0, null, text), op: "r", n, state: first, key });
  }
  for (const { op, place, row, change } of changes) {
    const n = (JSON.parse(change.after ?? change.before ?? "{}") as { n: number }).n;
    if (op === "d" && n % 2 === 0) continue;
    changeRecords(writer(place, false), op, row, change, (key, text) => {
      const kind = (JSON.parse(text) as { op: string }).op;
      // An update of the key travels as a delete of the old row and a create of the new one.
      const state = op === "c" || (op === "u" && kind === "d") ? first : second;
      sent.push({ text, op: kind, n, state, key });
      return true;
    });
  }
  return sent;
}

const originOf = (definition: Seen["definition"], place: LogPlace, snapshot: boolean): RecordOrigin => ({
  connector: "mysql",
  name: "types",
  epoch: 1,
  db: definition.area.database,
  table: definition.source,
  serverId: 1,
  gtid: null,
  file: place.file,
  pos: place.pos,
  committedAt: START,
  snapshot,
});

/** Lands and loads every record of the table, and compares what the warehouse holds with the server's own rendering. */
export async function warehouseProblems(seen: Seen, loading: Loading, storage: Client): Promise<readonly string[]> {
  const { definition } = seen;
  const sent = recordsOf(seen);
  if (sent.length === 0) return [];
  const quarantined = loading.quarantine.objects.size;
  await loading.land(
    definition,
    sent.map(({ text }) => text),
  );
  await loading.load(definition);
  if (loading.quarantine.objects.size > quarantined) {
    const [key, object] = [...loading.quarantine.objects].at(-1) ?? [];
    return [`quarantine has ${key ?? ""}: ${String(object?.body).slice(0, 600)}`];
  }
  const list = Object.entries(definition.columns).map(
    ([name, column]) => `${canonicalColumn(name, column).warehouse} AS ${name}`,
  );
  const select = (from: string, place: string) =>
    storage.query<Record<string, string | null>>(`SELECT ${list.join(", ")}, ${place} AS place FROM ${from}`);
  const history = await select(historyName(definition), "_offset");
  const problems = history.rows.flatMap((row) => rowProblems(seen, sent[Number(row["place"])], row, "history"));
  if (history.rows.length !== sent.length)
    problems.push(`history has ${history.rows.length} rows of ${sent.length} records`);
  if (definition.key === "none") return problems;
  const mirror = await select(`${mirrorName(definition)} WHERE NOT _deleted`, "0");
  const alive = newest(sent);
  if (mirror.rows.length !== alive.size) problems.push(`mirror has ${mirror.rows.length} rows of ${alive.size}`);
  for (const row of mirror.rows)
    problems.push(
      ...rowProblems(
        seen,
        [...alive.values()].find(({ n }) => n === Number(row["c0"])),
        row,
        "mirror",
      ),
    );
  return problems;
}

/** By key, the record sent last, unless it is a delete. */
function newest(sent: readonly Sent[]): Map<string | null, Sent> {
  const rows = new Map<string | null, Sent>();
  for (const record of sent) {
    if (record.op === "d") rows.delete(record.key);
    else rows.set(record.key, record);
  }
  return rows;
}

function rowProblems(
  seen: Seen,
  sent: Sent | undefined,
  held: Readonly<Record<string, string | null>>,
  where: string,
): string[] {
  if (sent === undefined) return [`${where} has a row that nobody sent: ${JSON.stringify(held)}`];
  const record = JSON.parse(sent.state.snapshot.get(sent.n) ?? "{}") as Row;
  const rendered = sent.state.rendered.get(sent.n) ?? {};
  return Object.entries(seen.definition.columns).flatMap(([name, column]) => {
    const { normalise } = canonicalColumn(name, column);
    const actual = held[name] ?? null;
    const value = record[column.source];
    const undecodable = typeof value === "string" && !value.isWellFormed();
    const expected = undecodable ? value.toWellFormed().replaceAll("\0", "\u2400") : (rendered[name] ?? null);
    const [a, b] = [expected, actual].map((text) => (text === null ? null : normalise(text)));
    const problems =
      a === b
        ? []
        : [`${where} row ${sent.n} op ${sent.op} column ${column.source} holds ${show(b)}, the server says ${show(a)}`];
    const decoded =
      undecodable && collapsed(value.replace(/\p{Surrogate}+/gu, "?")) !== collapsed(rendered[name] ?? "");
    return decoded
      ? [
          ...problems,
          `row ${sent.n} column ${column.source} was read as ${JSON.stringify(value)}, the server says ${String(rendered[name])}`,
        ]
      : problems;
  });
}

/** The server prints '?', in a few sets U+FFFD, for what it cannot decode; for how many bytes, it decides. */
const collapsed = (text: string): string => text.replace(/[?\ufffd]+/g, "?");
const show = (text: string | null | undefined): string => JSON.stringify(text ?? null).slice(0, 200);
