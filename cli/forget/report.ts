import Table from "cli-table3";
import type { ForgetAnswer } from "./index.ts";

/** What was found or erased, for a person. */
export function forgetText({ dryRun, tables, references, kafkaUntil }: ForgetAnswer): string {
  const table = new Table({
    head: ["table", "by", "mirror", "history", "landed", "quarantine"],
    colAligns: ["left", "left", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const row of tables) {
    table.push([row.table, row.matched.join(", "), row.mirror, row.history, row.landed, row.quarantined]);
  }
  const lines = [dryRun ? "Found, nothing was changed:" : "Erased, and noted in ops.erasure:", table.toString()];
  for (const { table: name, live } of tables) {
    if (live > 0) {
      lines.push(
        `${name}: the source has not deleted ${live} of them. Delete or blank them there: what the source still has comes again with its next change, repair or resync.`,
      );
    }
  }
  if (references.length > 0) {
    lines.push(`Rows of these keep the key; name them with --also to erase them too: ${references.join(", ")}.`);
  }
  if (kafkaUntil !== null) {
    lines.push(`Kafka keeps its records until ${kafkaUntil} at the latest; loads keep out whatever comes of them.`);
  }
  return lines.join("\n");
}
