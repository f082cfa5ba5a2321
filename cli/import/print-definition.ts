import type { Column, ColumnType } from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { Note } from "./notes.ts";

/** Everything of schemas/model/column.ts that definitions may be written with: no constant may hide it. */
export const VOCABULARY = [
  "bigint binary bit blob column date datetime decimal double enumeration float int json longblob longtext mediumblob",
  "mediumint mediumtext nullable set smallint text time timestamp tinyint varbinary varchar year defineTable",
]
  .join(" ")
  .split(" ");

const INTEGERS = { 8: "tinyint", 16: "smallint", 24: "mediumint", 32: "int", 64: "bigint" } as const;
const TEXTS: Readonly<Record<number, string>> = { 65_535: "text", 16_777_215: "mediumtext", 4_294_967_295: "longtext" };
const BLOBS: Readonly<Record<number, string>> = { 65_535: "blob", 16_777_215: "mediumblob", 4_294_967_295: "longblob" };

/** The type as a definition writes it, e.g. `varchar(50)`. */
export function typeText(type: ColumnType): string {
  switch (type.kind) {
    case "int":
      return `${INTEGERS[type.bits]}(${type.unsigned ? "true" : ""})`;
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "float":
      return type.bits === 32 ? "float()" : "double()";
    case "date":
    case "year":
    case "json":
      return `${type.kind}()`;
    case "datetime":
    case "timestamp":
    case "time":
      return `${type.kind}(${type.fsp === 0 ? "" : type.fsp})`;
    case "string":
      return TEXTS[type.length] === undefined ? `varchar(${type.length})` : `${TEXTS[type.length] ?? ""}()`;
    case "enum":
      return `enumeration(${type.labels.map(text).join(", ")})`;
    case "set":
      return `set(${type.labels.map(text).join(", ")})`;
    case "bit":
      return `bit(${type.length})`;
    case "bytes":
      if (type.fixed) return `binary(${type.length})`;
      return BLOBS[type.length] === undefined ? `varbinary(${type.length})` : `${BLOBS[type.length] ?? ""}()`;
    case "pseudonym":
      return typeText(type.of);
  }
}

/** `name: column("source", type, { comment })`. */
export function columnText(name: string, column: Column): string {
  const options = column.comment === "" ? "" : `, { comment: ${text(column.comment)} }`;
  const make = column.nullable ? "nullable" : "column";
  return `${name}: ${make}(${text(column.source)}, ${typeText(column.type)}${options})`;
}

/** Names that the text of these columns takes from schemas/model/column.ts. */
export function importsOf(columns: readonly Column[]): readonly string[] {
  const names = columns.flatMap((column) => [
    column.nullable ? "nullable" : "column",
    typeText(column.type).replace(/\(.*$/s, ""),
  ]);
  return [...new Set(names)].sort();
}

/** One note as a line of a comment. */
export const noteText = (note: Note): string =>
  note.column === undefined ? note.text : `${note.column}: ${note.text}`;

/** The file of one table, not yet formatted. */
export function definitionText(
  table: AnyTable,
  constant: string,
  areaConstant: string,
  notes: readonly Note[],
): string {
  const columns = Object.entries(table.columns);
  const key = table.key === "none" ? text("none") : `[${table.key.map(text).join(", ")}]`;
  return [
    `import { ${importsOf(Object.values(table.columns)).join(", ")} } from "../../model/column.ts";`,
    `import { defineTable } from "../../model/table.ts";`,
    `import { ${areaConstant} } from "./area.ts";`,
    "",
    ...commentLines(notes),
    `export const ${constant} = defineTable({`,
    `area: ${areaConstant},`,
    `name: ${text(table.name)},`,
    ...(table.source === table.name ? [] : [`source: ${text(table.source)},`]),
    `comment: ${text(table.comment)},`,
    "columns: {",
    ...columns.map(([name, column]) => `${columnText(name, column)},`),
    "},",
    `key: ${key},`,
    "});",
    "",
  ].join("\n");
}

/** Notes as a comment above what they are about; prettier does not break comments. */
export function commentLines(notes: readonly Note[]): readonly string[] {
  if (notes.length === 0) return [];
  return ["// Found by `millrace import`; delete what is settled:", ...notes.flatMap((note) => wrapped(lineOf(note)))];
}

const WIDTH = 110;

function wrapped(line: string): readonly string[] {
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((part, index) => `${index === 0 ? "// -" : "//  "} ${part}`);
}

/** Names of the source may hold line ends, which would end the comment. */
export const lineOf = (note: Note): string => noteText(note).replace(/[\p{Cc}\u2028\u2029]+/gu, " ");

const text = (value: string): string => JSON.stringify(value);
