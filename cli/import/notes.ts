import type { CatalogueColumn, CatalogueTable } from "../../lambdas/adapters/mysql/index.ts";
import type { ColumnType } from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { identifier } from "../../schemas/sql/quote.ts";
import { MAX_VARBYTE, MAX_VARCHAR, typeSql, warehouseType } from "../../schemas/types/warehouse.ts";
import { snakeCase } from "./names.ts";
import { personalData } from "./personal-data.ts";

/** What an import cannot decide, or what somebody who reads the tables must know. */
export type NoteKind =
  | "no key"
  | "key"
  | "left out"
  | "too wide"
  | "held as text"
  | "personal data"
  | "cascade"
  | "name"
  | "generated"
  | "too many columns";

export interface Note {
  readonly kind: NoteKind;
  /** Source name; absent where the whole table is meant. */
  readonly column?: string;
  readonly text: string;
}

/** A row of Redshift may be 4 MB long. */
const LONGEST_ROW = 4_194_304;

export function tableNotes(definition: AnyTable, table: CatalogueTable): readonly Note[] {
  return [
    ...renamed(table.name, definition.name, "table").map((text) => ({ kind: "name", text }) as const),
    ...keyNotes(definition, table),
    ...widthNotes(definition),
    ...table.silentForeignKeys.map(
      (key) =>
        ({
          kind: "cascade",
          text: `foreign key ${quoted(key)} changes rows here when its parent's go or change (CASCADE, SET NULL), which the binlog does not tell: only reconciliation or a resync finds these changes`,
        }) as const,
    ),
  ];
}

function keyNotes(definition: AnyTable, table: CatalogueTable): readonly Note[] {
  if (definition.key !== "none") return [];
  if (table.primaryKey.length > 0) {
    return [
      {
        kind: "no key",
        text: `its primary key (${list(table.primaryKey)}) has a column that is left out: append-only`,
      },
    ];
  }
  const mayBeNull = (name: string): boolean => table.columns.some((column) => column.name === name && column.nullable);
  const account = `no primary key: kept append-only, updates and deletes of its rows name no row`;
  const name = `${quoted(table.db)}.${quoted(table.name)}`;
  const usable = table.uniqueKeys.find((key) => !key.columns.some(mayBeNull));
  if (usable !== undefined) {
    const columns = usable.columns.map(quoted).join(", ");
    return [
      {
        kind: "no key",
        text: `${account}. Unique index ${quoted(usable.name)} could be the key: ALTER TABLE ${name} ADD PRIMARY KEY (${columns}), then import again`,
      },
    ];
  }
  return [
    { kind: "no key", text: `${account}. Give it one: ALTER TABLE ${name} ADD PRIMARY KEY (...), then import again` },
    ...table.uniqueKeys.map(
      (key) =>
        ({
          kind: "key",
          text: `unique index ${quoted(key.name)} cannot be the key: ${list(key.columns.filter(mayBeNull))} may be NULL`,
        }) as const,
    ),
  ];
}

/** Only what the declared widths make possible is known here, not what the rows have. */
function widthNotes(definition: AnyTable): readonly Note[] {
  const width = Object.values(definition.columns).reduce((sum, { type }) => {
    const held = warehouseType(type);
    return sum + ("bytes" in held ? held.bytes : 16);
  }, 0);
  if (width <= LONGEST_ROW) return [];
  return [
    {
      kind: "too wide",
      text: "its columns can hold more than the 4 MB of a row in Redshift: such a row goes to quarantine",
    },
  ];
}

/** @param name the column's name in the warehouse */
export function columnNotes(table: string, name: string, type: ColumnType, column: CatalogueColumn): readonly Note[] {
  const about = (kind: NoteKind, text: string): Note => ({ kind, column: column.name, text });
  const personal = personalData(table, name);
  return [
    ...renamed(column.name, name, "column").map((text) => about("name", text)),
    ...(identifier(name) === name ? [] : [about("name", `is a reserved word: analysts write "${name}"`)]),
    ...typeNotes(type, column).map(([kind, text]) => about(kind, text)),
    ...(column.generated === null
      ? []
      : [
          about(
            "generated",
            `is computed by the server; after its expression is changed, run millrace snapshot --resync for the table`,
          ),
        ]),
    ...(personal === null
      ? []
      : [
          about(
            "personal data",
            `looks like ${personal}: unless it may be read in the clear, give it pii: "pseudonymise" or pii: "drop"`,
          ),
        ]),
  ];
}

/** Snake case alone is no news; anything else is. */
function renamed(source: string, name: string, kind: "table" | "column"): readonly string[] {
  const plain = snakeCase(source);
  if (plain === name) return [];
  const called = `${kind === "table" ? `${quoted(source)} ` : ""}is called ${name} in the warehouse`;
  if (plain === "") return [`${called}, since it cannot be written in ASCII: choose a better name if you like`];
  if (/^\d/.test(plain)) return [`${called}: names do not begin with a digit there`];
  if (name === `${plain}_${kind}`) return [`${called}: ${plain} has another meaning there`];
  return [`${called}: ${plain.length > name.length ? "its own is too long" : `another ${kind} is called ${plain}`}`];
}

function typeNotes(type: ColumnType, column: CatalogueColumn): readonly (readonly [NoteKind, string])[] {
  const held = typeSql(warehouseType(type));
  if (type.kind === "decimal" && type.precision > 38) {
    return [["held as text", `${column.columnType} has more digits than NUMERIC holds: ${held}`]];
  }
  if (type.kind === "string" && mayExceed(type.length, column)) {
    return [
      [
        "too wide",
        `${column.columnType} can be longer than ${held}: rows with a longer value go to quarantine, or keep it in _raw with tooLong: "super"`,
      ],
    ];
  }
  if (type.kind === "bytes" && type.length > MAX_VARBYTE) {
    return [["too wide", `${column.columnType} can be longer than ${held}: rows with a longer value go to quarantine`]];
  }
  return [];
}

/** TEXT is counted in bytes of its own character set, which become more as UTF-8 unless it is that already. */
function mayExceed(length: number, { dataType, charset }: CatalogueColumn): boolean {
  if (dataType === "text" || dataType === "tinytext") {
    return length > MAX_VARCHAR || (length * 3 > MAX_VARCHAR && !/^(utf8|ascii)/.test(charset ?? ""));
  }
  return length * (charset === "ascii" ? 1 : 4) > MAX_VARCHAR;
}

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
const list = (names: readonly string[]): string => names.map(quoted).join(", ");
