import Table from "cli-table3";
import type { Quarantine, QuarantineEntry } from "./entries.ts";

/** Characters of a reason and of a payload that fit beside the other columns. */
const REASON_WIDTH = 60;
const PAYLOAD_WIDTH = 48;

/** For people: one line an entry, texts cut, at most `limit` of them. */
export function quarantineText({ entries, unreadable }: Quarantine, limit: number): string {
  const shown = entries.slice(0, limit);
  const notes = unreadable.map(
    (key) => `${key} holds what is neither a record nor a refused line: look at it by hand.`,
  );
  if (entries.length === 0) return ["Quarantine is empty.", ...notes].join("\n");
  const table = new Table({
    head: ["table", "partition", "offset", "time", "kind", "reason", "payload"],
    colAligns: ["left", "right", "right", "left", "left", "left", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const entry of shown) {
    const { table: name, partition, time, kind, reason } = entry;
    table.push([
      name,
      kind === "change" ? "" : partition,
      offsets(entry),
      time ?? "",
      kind,
      cut(reason, REASON_WIDTH),
      payload(entry),
    ]);
  }
  const hidden = entries.length - shown.length;
  const count = `${entries.length} ${entries.length === 1 ? "entry" : "entries"}`;
  const more = hidden === 0 ? "" : `, ${hidden} not shown (--limit, --json)`;
  return [
    table.toString(),
    ...byReason(entries),
    ...notes,
    `${count}${more}. After the fix: \`millrace redrive [table]\`.`,
  ].join("\n");
}

/** How many entries have the same reason, for long lists. */
function byReason(entries: readonly QuarantineEntry[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { table, reason } of entries) {
    const id = `${table}: ${cut(reason, 100)}`;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  if (counts.size === entries.length) return [];
  return [...counts].sort((a, b) => b[1] - a[1]).map(([id, count]) => `${String(count).padStart(6)} x ${id}`);
}

function offsets({ kind, offset, lastOffset }: QuarantineEntry): string {
  if (kind === "change") return "";
  return offset === lastOffset ? String(offset) : `${offset}-${lastOffset}`;
}

function payload({ payload: text, withheld }: QuarantineEntry): string {
  if (withheld) return "(withheld: may be personal data)";
  return text === null ? "(none)" : cut(text, PAYLOAD_WIDTH);
}

/** On one line, without control characters, at most so long. */
function cut(text: string, width: number): string {
  // eslint-disable-next-line no-control-regex -- a terminal would obey them
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
