import * as c from "../model/column.ts";
import type { ColumnType } from "../model/column.ts";
import type { AnyTable } from "../model/table.ts";
import { usesKeyColumn } from "../sql/keys.ts";
import { sourceType } from "./source-type.ts";
import { MAX_VARBYTE, MAX_VARCHAR, typeSql, warehouseType } from "./warehouse.ts";

interface Section {
  readonly title: string;
  /** What a record carries. */
  readonly record: string;
  readonly types: readonly ColumnType[];
  readonly notes: readonly string[];
}

const number = (value: number): string => value.toLocaleString("en-US");
const widest = number(MAX_VARCHAR);
const varchars = Math.floor(MAX_VARCHAR / 4);

const SECTIONS: readonly Section[] = [
  {
    title: "Integers",
    record: "a number; from 2^53 in magnitude a string of digits",
    types: [8, 16, 24, 32, 64].flatMap((bits) =>
      [false, true].map((unsigned) => ({ kind: "int", bits: bits as 8 | 16 | 24 | 32 | 64, unsigned }) as const),
    ),
    notes: [
      "Unsigned columns get the next wider type, so that none turns negative. ZEROFILL is a way of printing and is left out.",
      "TINYINT(1) and BOOLEAN stay numbers, because 2 to 127 exist.",
    ],
  },
  {
    title: "Decimals",
    record: "a string with all its decimals",
    types: [c.decimal(10, 2), c.decimal(38, 10), c.decimal(39, 0), c.decimal(65, 30)],
    notes: ["NUMERIC ends at 38 digits: wider columns are text, flagged in the data dictionary."],
  },
  {
    title: "Floating point",
    record: "a number: the shortest text that reads back as the same float32 or float64",
    types: [c.float(), c.double()],
    notes: ["Snapshots read all digits, whatever the column's own display says. The sign of -0 is kept."],
  },
  {
    title: "Dates and times",
    record: "text as stored; TIMESTAMP in UTC with `T` and `Z`; YEAR a number",
    types: [c.date(), c.datetime(), c.datetime(6), c.timestamp(), c.timestamp(6), c.time(), c.time(6), c.year()],
    notes: [
      "Zero, partial and impossible dates and the year 0 are NULL in the column; their text is in the row's `_raw` (`{column: text}`), and they are counted (`ValuesKeptAsText`). Also where the source says NOT NULL.",
      "TIME is a span from -838:59:59 to 838:59:59, in microseconds. YEAR 0000 is 0.",
    ],
  },
  {
    title: "Text",
    record: "a string",
    types: [
      c.varchar(0),
      c.varchar(255),
      c.varchar(varchars),
      c.varchar(varchars + 1),
      c.text(),
      c.mediumtext(),
      c.enumeration("a", "it's", "b, c"),
      c.set("a", "b"),
    ],
    notes: [
      `Widths count bytes: four for each character, ${widest} at most.`,
      "NUL becomes U+2400 and is counted (`NulsReplaced`).",
      "A byte that is no character of its column's set travels as U+DC00 plus the byte. In the column it is U+FFFD, in `_raw` the text has `\\xHH` in its place (and `\\\\` for a backslash), and it is counted (`UndecodableBytes`). Keys that differ in such bytes stay apart.",
      "ENUM and SET travel as labels, a SET's joined by commas. An ENUM's invalid value is ''.",
    ],
  },
  {
    title: "Bits and bytes",
    record: "bits: a number, from 2^53 on a string of digits; bytes: base64",
    types: [c.bit(1), c.bit(8), c.bit(64), c.binary(16), c.varbinary(255), c.blob(), c.mediumblob()],
    notes: [
      `Trailing zeros of BINARY(n) are kept. An empty value is empty, not NULL. VARBYTE ends at ${number(MAX_VARBYTE)} bytes, and a row's line at 4 MB.`,
    ],
  },
  {
    title: "JSON",
    record: "a string: the document as the server prints it, without blanks (MySQL), or as it was written (MariaDB)",
    types: [c.json()],
    notes: [
      `A string in a document takes at most ${widest} bytes; a document with a longer one is a value too long for its column. NUL becomes U+2400.`,
      "MariaDB keeps JSON as LONGTEXT; a definition may say JSON all the same.",
    ],
  },
];

/** What the captures read and refuse; lives above schemas, and is handed in. */
export interface CaptureLimits {
  readonly charsets: readonly string[];
}

/** docs/TYPES.md: the mapping as the code has it, with the limits of each type. */
export function typesDocument({ charsets }: CaptureLimits): string {
  return [
    "# Types",
    "Generated from `schemas/types/` by `npm run golden`. Do not edit.",
    "The value read by the snapshot, by an insert, by an update (before and after) and by a delete is the same text, and it is what the warehouse then holds. What cannot be held is named, never bent in silence. `test/integration/types` holds this for generated tables against a real server (`MILLRACE_TYPES_SEED` and `MILLRACE_TYPES_TABLES` choose others and more; `MILLRACE_MYSQL9_URL` names a second server).",
    ...SECTIONS.map(section),
    `## Character sets\n\nText in these sets is read as the server reads it: ${charsets.map((name) => `\`${name}\``).join(", ")}. Columns in any other are refused.`,
    "## Refused\n\nGEOMETRY and its kin, VECTOR, UUID, INET4, INET6, and whatever is not above: preflight names the column and what to do (leave it out of the definition, or convert it at the source). So are columns of MariaDB that are COMPRESSED or still stored in the form of MariaDB 5.3. A column that the definition leaves out is stepped over.",
    [
      "## Values too long for their column",
      `No value is cut and no row is lost. The table's \`tooLong\` says what happens:\n\n- \`widen\` (default): the column is widened to VARCHAR(${MAX_VARCHAR}); beyond that, and in key columns, the record goes to quarantine with its key.\n- \`super\`: the column is NULL and \`_raw\` has the text, in pieces (bytes as hex).\n- \`quarantine\`: the record goes to quarantine with its key.`,
      "Where they do not apply (numbers, dates that are none), the record goes to quarantine too. So does a row whose line is over 4 MB, which COPY does not read. A record over 4.5 MB, more than an invocation of land-batch can hold, travels without the row's former columns; if that is not enough, it goes to quarantine before Kafka.",
    ].join("\n\n"),
    "## Keys\n\nA key is the exact bytes stored. Keys with a part that the warehouse does not compare exactly (last column above) are matched on `_key`, the hex text of all parts joined by `-`: Redshift ignores trailing blanks when texts compare. Tables without a primary key are append-only, unique by version.",
    "",
  ].join("\n\n");
}

function section({ title, record, types, notes }: Section): string {
  const rows = types.map((type) => {
    const cells = [sourceType(type), `\`${typeSql(warehouseType(type))}\``, isMatchedByKey(type) ? "`_key`" : "itself"];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const table = ["| MySQL | warehouse | as a key, matched on |", "| --- | --- | --- |", ...rows].join("\n");
  return [`## ${title}`, `Record: ${record}.`, table, ...notes].join("\n\n");
}

function isMatchedByKey(type: ColumnType): boolean {
  const table: AnyTable = {
    area: { name: "a", database: "a" },
    name: "t",
    source: "t",
    columns: { k: c.column("k", type) },
    key: ["k"],
    comment: "",
  };
  return usesKeyColumn(table);
}
