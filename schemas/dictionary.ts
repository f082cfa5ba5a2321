import type { Column } from "./model/column.ts";
import type { AnyTable } from "./model/table.ts";
import { qualifiedName, sourceViewName, topicName } from "./naming.ts";
import { sourceType } from "./types/source-type.ts";
import { typeSql, warehouseType } from "./types/warehouse.ts";

/** The data dictionary: every captured table with its columns, where they come from and what holds them. */
export function dataDictionary(tables: readonly AnyTable[]): string {
  const areas = [...new Set(tables.map((table) => table.area.name))];
  const sections = areas.map((area) =>
    [`## ${area}`, ...tables.filter((table) => table.area.name === area).map(tableSection)].join("\n\n"),
  );
  return [
    "# Data dictionary",
    "Generated from `schemas/` by `npm run golden`. Do not edit.",
    "Each table arrives in one topic and is kept three times: `source.<table>` is what analysts read, `history.<table>` has every version of every row, `mirror.<table>` the newest one. Where a value cannot be held, docs/TYPES.md says what happens to it.",
    ...sections,
    "",
  ].join("\n\n");
}

function tableSection(table: AnyTable): string {
  const key = table.key === "none" ? "none: append-only" : table.key.map((name) => `\`${name}\``).join(", ");
  const head = [
    `### ${qualifiedName(table)}`,
    table.comment,
    `Source \`${table.area.database}.${table.source}\`, topic \`${topicName(table)}\`, view \`${sourceViewName(table)}\`. Key: ${key}.`,
  ];
  const rows = [
    ...Object.entries(table.columns).map(([name, column]) => tableRow(table, name, column)),
    ...Object.entries(table.dropped ?? {}).map(([, column]) => tableRow(table, null, column)),
  ];
  const lines = [
    "| column | source | MySQL type | warehouse type | null | meaning |",
    "| --- | --- | --- | --- | --- | --- |",
  ];
  return [...head, [...lines, ...rows].join("\n")].join("\n\n");
}

/** @param name null: the column has none, it stays at the source */
function tableRow(table: AnyTable, name: string | null, column: Column): string {
  const flagged = name === null ? ["**Personal data:** left out."] : flags(table, column);
  const notes = [column.comment, ...flagged].filter((text) => text !== "").join(" ");
  const cells = [
    name === null ? "none" : `\`${name}\``,
    `\`${column.source}\``,
    sourceType(column.type),
    name === null ? "none" : typeSql(warehouseType(column.type)),
    column.nullable ? "yes" : "no",
    notes,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** What a reader must know before he uses the column. */
function flags(table: AnyTable, { type }: Column): readonly string[] {
  const notes: string[] = [];
  if (type.kind === "decimal" && type.precision > 38) notes.push("**Text:** more digits than NUMERIC holds.");
  if (type.kind === "string" && type.length * 4 > 65_535) notes.push(`**Long values:** ${longValues(table)}`);
  if (type.kind === "time") notes.push("**Microseconds**, may be negative or over a day.");
  if (type.kind === "bytes" && type.length > 16_777_216) notes.push("**Long values** go to quarantine.");
  if (type.kind === "pseudonym") notes.push("**Personal data:** a keyed hash; equal values have equal hashes.");
  return notes;
}

function longValues(table: AnyTable): string {
  return table.tooLong === "super"
    ? "over 65,535 bytes the text is in `_raw`, in pieces."
    : "over 65,535 bytes the row goes to quarantine.";
}
