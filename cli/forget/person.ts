import { hexOf, momentText } from "../../lambdas/core/key-text.ts";
import type { Pseudonymise } from "../../lambdas/core/personal-data.ts";
import type { ColumnType, PlainType } from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { Erasure } from "../../schemas/sql/erasure.ts";
import { erasureHash, matchedKey } from "../../schemas/sql/erasure.ts";
import { keyColumns, usesKeyColumn } from "../../schemas/sql/keys.ts";
import { CommandError } from "../errors.ts";

/** Rows about one person in one table, and how they are known wherever rows are kept. */
export interface Sought extends Erasure {
  /** Whether a row as records have it (source names) is one of them. */
  readonly isRecord: (row: Readonly<Record<string, unknown>>) => boolean;
  /** The matched columns' texts as landing files have them. */
  readonly fields: readonly string[];
}

/** One value as each place has it. */
interface Known {
  /** As the warehouse prints it and landing files have it. */
  readonly text: string;
  /** As part of `_key`. */
  readonly key: string;
  /** Whether a record's value is the same. */
  readonly isRecord: (value: unknown) => boolean;
}

/**
 * The rows with this source key.
 * @throws CommandError when the key has other parts than the table's, or one of them is no value of its column
 */
export function byKey(table: AnyTable, key: readonly string[], pseudonymise: Pseudonymise | undefined): Sought {
  const names = keyColumns(table);
  if (names.length === 0) {
    throw new CommandError(
      `${qualifiedName(table)} has no key: name a column of it with --also ${qualifiedName(table)}.<column>.`,
    );
  }
  if (names.length !== key.length) {
    throw new CommandError(
      `The key of ${qualifiedName(table)} is (${names.join(", ")}): ${names.length} ${names.length === 1 ? "value is" : "values are"} needed, ${key.length} given.`,
    );
  }
  const parts = names.map((name, i) => known(table, name, key[i] ?? "", pseudonymise));
  const texts = usesKeyColumn(table) ? [parts.map((part) => part.key).join("-")] : parts.map((part) => part.text);
  return sought(table, matchedKey(table), texts, names, parts);
}

/** The rows of another table whose column holds the person's key. @throws CommandError when it has no such column */
export function byColumn(
  table: AnyTable,
  column: string,
  value: string,
  pseudonymise: Pseudonymise | undefined,
): Sought {
  const part = known(table, column, value, pseudonymise);
  return sought(table, [column], [part.text], [column], [part]);
}

function sought(
  table: AnyTable,
  matched: readonly string[],
  texts: readonly string[],
  names: readonly string[],
  parts: readonly Known[],
): Sought {
  const sources = names.map((name) => table.columns[name]?.source ?? name);
  return {
    table,
    matched,
    hash: erasureHash(table, texts),
    fields: texts,
    isRecord: (row) => sources.every((source, i) => parts[i]?.isRecord(row[source]) === true),
  };
}

function known(table: AnyTable, name: string, text: string, pseudonymise: Pseudonymise | undefined): Known {
  const type = table.columns[name]?.type;
  const place = `${qualifiedName(table)}.${name}`;
  if (type === undefined) {
    throw new CommandError(
      `${qualifiedName(table)} has no column ${name}; it has ${Object.keys(table.columns).join(", ")}.`,
    );
  }
  if (type.kind !== "pseudonym") return plain(type, text, place);
  if (pseudonymise === undefined) throw new CommandError(`${place} is pseudonymised, but its key cannot be read.`);
  const pseudonym = pseudonymise(recordText(type.of, text, place));
  return { text: pseudonym, key: hexOf(pseudonym), isRecord: (value) => value === pseudonym };
}

function plain(type: PlainType, given: string, place: string): Known {
  switch (type.kind) {
    case "bytes": {
      const hex = hexDigits(given, place);
      return { text: hex, key: hex, isRecord: (value) => Buffer.from(String(value), "base64").toString("hex") === hex };
    }
    case "date":
    case "datetime":
    case "timestamp": {
      const moment = momentText(given);
      return { text: moment, key: hexOf(moment), isRecord: (value) => momentText(String(value)) === moment };
    }
    default: {
      const text = recordText(type, given, place);
      // COPY takes no NUL: landing writes its picture, but the key's exact bytes.
      return { text: text.replaceAll("\0", "\u2400"), key: hexOf(text), isRecord: (value) => String(value) === text };
    }
  }
}

/** A value as records have it, which is what pseudonyms are made of. @throws CommandError when it is none of its type */
function recordText(type: PlainType, text: string, place: string): string {
  switch (type.kind) {
    case "int":
      if (/^-?\d+$/.test(text)) return BigInt(text).toString();
      throw wrong(place, text, "a whole number");
    case "decimal": {
      const match = /^(-?)0*(\d+)(?:\.(\d*))?$/.exec(text);
      const [, sign = "", whole = "", fraction = ""] = match ?? [];
      if (match === null || fraction.length > type.scale)
        throw wrong(place, text, `a number with ${type.scale} decimals`);
      return `${sign}${whole}${type.scale === 0 ? "" : `.${fraction.padEnd(type.scale, "0")}`}`;
    }
    case "year":
      if (/^\d{1,4}$/.test(text)) return String(Number(text));
      throw wrong(place, text, "a year");
    case "bytes":
      return Buffer.from(hexDigits(text, place), "hex").toString("base64");
    case "string":
    case "enum":
    case "set":
    case "date":
    case "datetime":
    case "timestamp":
      return text;
    default:
      throw new CommandError(`${place} is of a type (${(type satisfies ColumnType).kind}) by which no row is found.`);
  }
}

function hexDigits(text: string, place: string): string {
  const hex = text.replace(/^0x/i, "").toLowerCase();
  if (/^(?:[0-9a-f]{2})*$/.test(hex)) return hex;
  throw wrong(place, text, "bytes in hexadecimal digits");
}

const wrong = (place: string, text: string, wanted: string): CommandError =>
  new CommandError(`${place}: ${wanted} is needed, not ${JSON.stringify(text)}.`);
