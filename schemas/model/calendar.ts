/** Columns of dim_date, the one dimension without a source. */
export const CALENDAR_COLUMNS = [
  "date_key",
  "date",
  "day_of_week",
  "day_name",
  "day_of_month",
  "iso_week",
  "iso_year",
  "month_number",
  "month_name",
  "quarter",
  "year",
  "is_weekend",
] as const;

/** Stands for dim_date among what a view reads. */
export interface Calendar {
  readonly kind: "calendar";
  readonly names: typeof CALENDAR_COLUMNS;
}

export const calendar: Calendar = { kind: "calendar", names: CALENDAR_COLUMNS };
