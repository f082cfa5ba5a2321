import { createRandom } from "../../../localstack/demo/generator/random.ts";
import { kindsFor, NULL } from "./kinds.ts";
import type { Drawn, DrawnType } from "./kinds.ts";

export interface GeneratedColumn {
  readonly name: string;
  readonly ddl: string;
  /** By row: as inserted, and as updated; null: left as it is (keys), or computed by the server. */
  readonly inserted: readonly (Drawn | null)[];
  readonly updated: readonly (Drawn | null)[];
}

/** A table with rows before and after an update; row numbers are in the column `n`. */
export interface GeneratedTable {
  readonly columns: readonly GeneratedColumn[];
  /** Names of the key's columns, with a length where only a prefix is indexed; empty: no key. */
  readonly key: readonly string[];
  readonly rows: readonly number[];
}

/** Names that some stage might trip over. */
const NAMES = [
  "a", "Upper", "with space", "quo\"te", "it's", "back\\slash", "comma,", "ünï", "__proto__", "constructor", "order", "select", "before", "op", "100",
] as const; // prettier-ignore

const MOST_KEY_COLUMNS = 3;

/** The table of a seed: the same on every machine. */
export function generatedTable(seed: number, flavour: "mysql" | "mariadb"): GeneratedTable {
  const random = createRandom(seed);
  const kinds = kindsFor(flavour);
  const rows = Array.from({ length: random.int(3, 8) }, (_, i) => i);
  const names = random.shuffled(NAMES);
  const types = Array.from({ length: random.int(2, 10) }, () => random.pick(kinds)(random));
  const keyable = types.flatMap((type, i) => (type.keyable ? [i] : []));
  const shape = random.int(0, 9);
  const key = shape === 0 ? [] : random.shuffled(keyable).slice(0, shape < 6 ? 1 : random.int(1, MOST_KEY_COLUMNS));
  const movesKeys = random.chance(0.3);
  const columns = types.map((type, i): GeneratedColumn => {
    const isKey = key.includes(i);
    const draw = (): Drawn => (!isKey && random.chance(0.1) ? NULL : type.value());
    return {
      name: names[i] ?? `c${i}`,
      ddl: `${type.ddl}${isKey ? " NOT NULL" : " NULL"}`,
      inserted: rows.map(draw),
      updated: rows.map(() => (isKey && !(movesKeys && random.chance(0.3)) ? null : draw())),
    };
  });
  const generated = generatedColumns(random.int(0, 3), rows, types, columns);
  return { columns: [...columns, ...generated], key: key.map((i) => columns[i]?.name ?? ""), rows };
}

/** Columns that the server computes: they must come by all ways too. */
function generatedColumns(
  shape: number,
  rows: readonly number[],
  types: readonly DrawnType[],
  columns: readonly GeneratedColumn[],
): readonly GeneratedColumn[] {
  const none = rows.map(() => null);
  if (shape > 1 || types.length === 0 || columns.length === 0) return [];
  const how = shape === 0 ? "STORED" : "VIRTUAL";
  return [
    {
      name: `computed ${how}`,
      ddl: `VARCHAR(40) GENERATED ALWAYS AS (CONCAT('n', n)) ${how}`,
      inserted: none,
      updated: none,
    },
  ];
}

const quoteName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** Statements that make the table and its first rows; values that the server refuses are left out by it. */
export function createStatements(name: string, table: GeneratedTable): readonly string[] {
  const columns = table.columns.map((column) => `${quoteName(column.name)} ${column.ddl}`);
  const key = table.key.length === 0 ? [] : [`PRIMARY KEY (${table.key.map(quoteName).join(", ")})`];
  const given = table.columns.filter(({ inserted }) => inserted.some((value) => value !== null));
  return [
    `CREATE TABLE ${name} (${["n INT NOT NULL", ...columns, ...key].join(", ")}) CHARACTER SET utf8mb4`,
    "BEGIN",
    ...table.rows.map(
      (n) =>
        `INSERT IGNORE INTO ${name} (${["n", ...given.map((column) => quoteName(column.name))].join(", ")}) ` +
        `VALUES (${[String(n), ...given.map(({ inserted }) => inserted[n]?.sql ?? "NULL")].join(", ")})`,
    ),
    "COMMIT",
  ];
}

export function updateStatements(name: string, table: GeneratedTable): readonly string[] {
  const updates = table.rows.flatMap((n) => {
    const set = table.columns.flatMap(({ name: column, updated }) => {
      const value = updated[n];
      return value === null || value === undefined ? [] : [`${quoteName(column)} = ${value.sql}`];
    });
    return set.length === 0 ? [] : [`UPDATE IGNORE ${name} SET ${set.join(", ")} WHERE n = ${n}`];
  });
  return ["BEGIN", ...updates, "COMMIT"];
}
