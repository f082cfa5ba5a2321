import Table from "cli-table3";
import type { RedrivenTable } from "./redrive.ts";

/** What became of each table's entries, for people. */
export function redriveText(result: readonly RedrivenTable[]): string {
  if (result.length === 0) return "There was nothing to send back.";
  const table = new Table({
    head: ["table", "redriven", "still refused", "waiting", "for a resync"],
    colAligns: ["left", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { table: name, redriven, refused, waiting, withheld } of result) {
    table.push([name, redriven, refused.length, waiting, withheld]);
  }
  const reasons = result.flatMap(({ table: name, refused }) =>
    [...new Set(refused.map(({ reason }) => reason))].map((reason) => `${name}: ${reason}`),
  );
  const notes = result.flatMap(({ table: name, waiting, withheld }) => [
    ...(waiting === 0
      ? []
      : [`${name}: loads have not got as far as the waiting ones yet. Redrive again when they have.`]),
    ...(withheld === 0
      ? []
      : [
          `${name}: ${withheld} cannot be sent back, for want of a payload, or because they are too large to travel (\`millrace quarantine ${name}\`). \`millrace resync ${name}\` brings their rows once that can be.`,
        ]),
  ]);
  return [table.toString(), ...reasons, ...notes].join("\n");
}
