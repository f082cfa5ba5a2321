import type { AnyDimension } from "../model/dimension.ts";
import type { AnyFact } from "../model/fact.ts";
import type { WarehouseType } from "../types/warehouse.ts";
import { warehouseType } from "../types/warehouse.ts";
import type { Star } from "../warehouse/star.ts";
import { BATCH_WIDTH } from "./columns.ts";
import type { ColumnSpec } from "./columns.ts";
import type { TableSpec } from "./ddl.ts";
import { measureComment, measureType } from "./star-measures.ts";
import { BUILT_TABLE, DATE_TABLE, dimensionName, factName, MOVED_TABLE, STAR_TABLE, surrogate } from "./star-names.ts";
import { attributeColumn, columnOf } from "./star-references.ts";

const column = (name: string, type: WarehouseType, comment: string, notNull = true): ColumnSpec => ({
  name,
  type,
  comment,
  notNull,
});
const text = (bytes: number): WarehouseType => ({ name: "VARCHAR", bytes });
const whole: WarehouseType = { name: "INTEGER" };
const small: WarehouseType = { name: "SMALLINT" };
const long: WarehouseType = { name: "BIGINT" };
const moment: WarehouseType = { name: "TIMESTAMP" };
const flag: WarehouseType = { name: "BOOLEAN" };

/** Attribute columns of a dimension, natural key first. All NULL in the unknown member. */
export function attributeColumns(dimension: AnyDimension): readonly ColumnSpec[] {
  return Object.entries(dimension.attributes).map(([name, attribute]) => {
    const source = attributeColumn(dimension, name);
    return column(name, warehouseType(source.type), attribute.comment ?? source.comment, false);
  });
}

const versionColumns: readonly ColumnSpec[] = [
  column("valid_from", moment, "From when the row holds, UTC; the first of a member is open to the past."),
  column("valid_to", moment, "Until when it holds, exclusive; open to the future in the current row."),
  column("is_current", flag, "True in the newest row of each member."),
  column("is_deleted", flag, "True in the newest row once the source has deleted the member."),
];

/** `mart.dim_<name>`: a copy on every node, facts join it by surrogate key. */
export function dimensionTable(dimension: AnyDimension): TableSpec {
  const key = surrogate(dimension);
  return {
    name: dimensionName(dimension),
    comment: dimension.comment,
    columns: [
      column(key, long, "Surrogate key; -1 is the unknown member."),
      ...attributeColumns(dimension),
      ...(dimension.kind === "versioned" ? versionColumns : []),
    ],
    primaryKey: [key],
    distribution: { style: "ALL" },
    sortKey: [key],
  };
}

/** `mart.fact_<name>`: sorted by its first day, since that is what questions are restricted by. */
export function factTable(fact: AnyFact): TableSpec {
  const days = Object.keys(fact.days);
  const numbers = new Set(["int", "decimal", "year"]);
  const located = fact.grain.find((name) => numbers.has(columnOf(fact.root, name).type.kind));
  return {
    name: factName(fact),
    comment: fact.comment,
    columns: factColumns(fact),
    primaryKey: fact.grain,
    distribution: located === undefined ? { style: "EVEN" } : { key: located },
    sortKey: [...days.slice(0, 1), ...fact.grain],
  };
}

/** Columns of a fact in order: keys of members, keys of days, grain, measures. */
export function factColumns(fact: AnyFact): readonly ColumnSpec[] {
  return [
    ...Object.entries(fact.members).map(([name, { dimension }]) =>
      column(name, long, `Row of ${dimensionName(dimension)}; -1 when unknown.`),
    ),
    ...Object.keys(fact.days).map((name) => column(name, whole, `Row of ${DATE_TABLE}; -1 when there is no date.`)),
    ...fact.grain.map((name) => {
      const source = columnOf(fact.root, name);
      return column(name, warehouseType(source.type), source.comment, false);
    }),
    ...Object.entries(fact.columns).map(([name, measure]) =>
      column(name, measureType(fact, measure), measureComment(fact, measure), false),
    ),
  ];
}

/** `mart.dim_date`: one row a day. */
export const dateTable: TableSpec = {
  name: DATE_TABLE,
  comment: "Days of the Gregorian calendar, weeks by ISO 8601; -1 stands for no date.",
  columns: [
    column("date_key", whole, "Year, month and day as yyyymmdd; -1 is the unknown day."),
    column("date", { name: "DATE" }, "The day.", false),
    column("day_of_week", small, "1 Monday to 7 Sunday (ISO 8601).", false),
    column("day_name", text(9), "Name of the day of the week.", false),
    column("day_of_month", small, "1 to 31.", false),
    column("iso_week", small, "Week of the ISO year, 1 to 53.", false),
    column("iso_year", small, "Year that the ISO week belongs to.", false),
    column("month_number", small, "1 to 12.", false),
    column("month_name", text(9), "Name of the month.", false),
    column("quarter", small, "1 to 4.", false),
    column("year", small, "Calendar year.", false),
    column("is_weekend", flag, "True on Saturday and Sunday.", false),
  ],
  primaryKey: ["date_key"],
  distribution: { style: "ALL" },
  sortKey: ["date_key"],
};

const NAME_WIDTH = 63;
/** Text of a natural key: wide enough for several columns, as long as members stay keys. */
const MEMBER_WIDTH = 4096;

/** What builds keep between one another. */
const opsTables: readonly TableSpec[] = [
  {
    name: STAR_TABLE,
    comment: "Locked by every build of the star. The highest surrogate key ever given out, per dimension.",
    columns: [
      column("dimension", text(NAME_WIDTH), "Name of the dimension."),
      column("last_key", long, "Highest key given out; keys are never used again."),
    ],
    primaryKey: ["dimension"],
    distribution: { style: "ALL" },
    sortKey: [],
  },
  {
    name: MOVED_TABLE,
    comment: "Members that changed while the facts that point at them are still to be recomputed.",
    columns: [
      column("fact", text(NAME_WIDTH), "Fact to recompute."),
      column("dimension", text(NAME_WIDTH), "Dimension of the member."),
      column("member", text(MEMBER_WIDTH), "Its natural key as text."),
      column("since", moment, "Facts before it are as they were."),
    ],
    primaryKey: [],
    distribution: { style: "EVEN" },
    sortKey: [],
  },
  {
    name: BUILT_TABLE,
    comment: "Loads whose rows are visible in the star.",
    columns: [
      column("batch", text(BATCH_WIDTH), "Id of the load (ops.batch)."),
      column("table_name", text(127), "Table loaded, `<area>_<table>`."),
      column("built_at", moment, "When the star had it, UTC."),
      column("oldest_commit_at", moment, "Oldest source commit among its changes; NULL for snapshot rows only.", false),
      column("newest_commit_at", moment, "Newest source commit among its changes; NULL for snapshot rows only.", false),
    ],
    primaryKey: ["batch", "table_name"],
    distribution: { style: "EVEN" },
    sortKey: ["built_at"],
  },
];

/** Every table of the star, in the order in which they are made. */
export function starTableSpecs(of: Star): readonly TableSpec[] {
  return [...opsTables, dateTable, ...of.dimensions.map(dimensionTable), ...of.facts.map(factTable)];
}
