CREATE TABLE IF NOT EXISTS mart.dim_date (
  date_key INTEGER ENCODE RAW NOT NULL,
  date DATE ENCODE AZ64,
  day_of_week SMALLINT ENCODE AZ64,
  day_name VARCHAR(9) ENCODE ZSTD,
  day_of_month SMALLINT ENCODE AZ64,
  iso_week SMALLINT ENCODE AZ64,
  iso_year SMALLINT ENCODE AZ64,
  month_number SMALLINT ENCODE AZ64,
  month_name VARCHAR(9) ENCODE ZSTD,
  quarter SMALLINT ENCODE AZ64,
  year SMALLINT ENCODE AZ64,
  is_weekend BOOLEAN ENCODE RAW,
  PRIMARY KEY (date_key)
)
DISTSTYLE ALL
COMPOUND SORTKEY (date_key);

COMMENT ON TABLE mart.dim_date IS 'Days of the Gregorian calendar, weeks by ISO 8601; -1 stands for no date.';

COMMENT ON COLUMN mart.dim_date.date_key IS 'Year, month and day as yyyymmdd; -1 is the unknown day.';

COMMENT ON COLUMN mart.dim_date.date IS 'The day.';

COMMENT ON COLUMN mart.dim_date.day_of_week IS '1 Monday to 7 Sunday (ISO 8601).';

COMMENT ON COLUMN mart.dim_date.day_name IS 'Name of the day of the week.';

COMMENT ON COLUMN mart.dim_date.day_of_month IS '1 to 31.';

COMMENT ON COLUMN mart.dim_date.iso_week IS 'Week of the ISO year, 1 to 53.';

COMMENT ON COLUMN mart.dim_date.iso_year IS 'Year that the ISO week belongs to.';

COMMENT ON COLUMN mart.dim_date.month_number IS '1 to 12.';

COMMENT ON COLUMN mart.dim_date.month_name IS 'Name of the month.';

COMMENT ON COLUMN mart.dim_date.quarter IS '1 to 4.';

COMMENT ON COLUMN mart.dim_date.year IS 'Calendar year.';

COMMENT ON COLUMN mart.dim_date.is_weekend IS 'True on Saturday and Sunday.';
