CREATE TABLE IF NOT EXISTS mart.dim_location (
  location_key BIGINT ENCODE RAW NOT NULL,
  city VARCHAR(200) ENCODE ZSTD,
  state VARCHAR(200) ENCODE ZSTD,
  postal_code VARCHAR(60) ENCODE ZSTD,
  country VARCHAR(200) ENCODE ZSTD,
  PRIMARY KEY (location_key)
)
DISTSTYLE ALL
COMPOUND SORTKEY (location_key);

COMMENT ON TABLE mart.dim_location IS 'Places of customers; city, state, postal code and country together identify one.';

COMMENT ON COLUMN mart.dim_location.location_key IS 'Surrogate key; -1 is the unknown member.';

COMMENT ON COLUMN mart.dim_location.city IS 'City.';

COMMENT ON COLUMN mart.dim_location.state IS 'State or province.';

COMMENT ON COLUMN mart.dim_location.postal_code IS 'Postal code; not unique to a city.';

COMMENT ON COLUMN mart.dim_location.country IS 'Country.';
