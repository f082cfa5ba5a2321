import type { Star } from "../warehouse/star.ts";
import { identifier, identifiers, integer, literal, qualified } from "./quote.ts";
import { DATE_TABLE, dimensionName, OPEN_FUTURE, OPEN_PAST, STAR_TABLE, surrogate, UNKNOWN_KEY } from "./star-names.ts";
import { dateTable } from "./star-tables.ts";

/** Days that dim_date has; a date outside is the unknown day. */
export const FIRST_DAY = "1900-01-01";
export const LAST_DAY = "2199-12-31";

const DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTH_NAMES = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

const named = (value: string, names: readonly string[]): string =>
  `CASE ${value} ${names.map((name, i) => `WHEN ${i + 1} THEN ${literal(name)}`).join(" ")} END`;

/** 0 to 199,999: constants, because generate_series runs on Redshift's leader node only. */
function numbers(): string {
  const digit = Array.from({ length: 10 }, (_, i) => `SELECT ${i} AS n`).join(" UNION ALL ");
  const places = [1, 10, 100, 1000, 10_000, 100_000];
  const sum = places.map((place, i) => `d${i}.n * ${place}`).join(" + ");
  const from = places.map((_, i) => `digit d${i}`).join(" CROSS JOIN ");
  return `WITH digit AS (${digit}), number AS (SELECT ${sum} AS n FROM ${from} WHERE d5.n < 2)`;
}

/** Inserts the days that are not there yet. */
export function dateRows(): string {
  const first = `CAST(${literal(FIRST_DAY)} AS DATE)`;
  const names = dateTable.columns.map((column) => column.name);
  // Monday is 1 and not EXTRACT(DOW), whose Sunday is 0.
  const weekday = "1 + MOD(CAST(EXTRACT(DOW FROM day) AS INTEGER) + 6, 7)";
  const month = "CAST(EXTRACT(MONTH FROM day) AS INTEGER)";
  const columns = [
    "CAST(TO_CHAR(day, 'YYYYMMDD') AS INTEGER)",
    "day",
    weekday,
    named(weekday, DAY_NAMES),
    "CAST(EXTRACT(DAY FROM day) AS INTEGER)",
    "CAST(EXTRACT(WEEK FROM day) AS INTEGER)",
    "CAST(TO_CHAR(day, 'IYYY') AS INTEGER)",
    month,
    named(month, MONTH_NAMES),
    "CAST(EXTRACT(QUARTER FROM day) AS INTEGER)",
    "CAST(EXTRACT(YEAR FROM day) AS INTEGER)",
    `${weekday} >= 6`,
  ];
  return [
    `INSERT INTO ${DATE_TABLE} (${identifiers(names)})`,
    numbers(),
    `SELECT\n  ${columns.join(",\n  ")}`,
    `FROM (SELECT ${first} + n AS day FROM number) days`,
    `WHERE day <= CAST(${literal(LAST_DAY)} AS DATE) AND day NOT IN (SELECT date FROM ${DATE_TABLE} WHERE date IS NOT NULL)`,
  ].join("\n");
}

/** Inserts the unknown day. */
export function unknownDay(): string {
  const key = integer(UNKNOWN_KEY);
  return `INSERT INTO ${DATE_TABLE} (date_key)\nSELECT ${key}\nWHERE NOT EXISTS (SELECT 1 FROM ${DATE_TABLE} WHERE date_key = ${key})`;
}

/** Inserts the unknown member of each dimension, and its row in ops.star. */
export function seedRows(of: Star): readonly string[] {
  return of.dimensions.flatMap((dimension) => {
    const table = qualified(dimensionName(dimension));
    const name = literal(dimension.name);
    const key = identifier(surrogate(dimension));
    const versioned = dimension.kind === "versioned";
    const columns = versioned ? `${key}, valid_from, valid_to, is_current, is_deleted` : key;
    const [from, to] = [OPEN_PAST, OPEN_FUTURE].map((day) => `CAST(${literal(day)} AS TIMESTAMP)`);
    const values = versioned ? `${UNKNOWN_KEY}, ${from ?? ""}, ${to ?? ""}, TRUE, FALSE` : String(UNKNOWN_KEY);
    return [
      `INSERT INTO ${table} (${columns})\nSELECT ${values}\nWHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${key} = ${UNKNOWN_KEY})`,
      `INSERT INTO ${STAR_TABLE} (dimension, last_key)\nSELECT ${name}, 0\nWHERE NOT EXISTS (SELECT 1 FROM ${STAR_TABLE} WHERE dimension = ${name})`,
    ];
  });
}
