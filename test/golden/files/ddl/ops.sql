CREATE TABLE IF NOT EXISTS ops.batch (
  batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  table_name VARCHAR(127) ENCODE ZSTD NOT NULL,
  rows BIGINT ENCODE AZ64 NOT NULL,
  quarantined BIGINT ENCODE AZ64 NOT NULL,
  loaded_at TIMESTAMP ENCODE RAW NOT NULL,
  PRIMARY KEY (batch)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (loaded_at);

COMMENT ON TABLE ops.batch IS 'One row for every load of every table.';

COMMENT ON COLUMN ops.batch.batch IS 'Id of the load.';

COMMENT ON COLUMN ops.batch.table_name IS 'Table loaded, `<area>_<table>`.';

COMMENT ON COLUMN ops.batch.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.batch.quarantined IS 'Rows refused and put into quarantine.';

COMMENT ON COLUMN ops.batch.loaded_at IS 'When the load ran, UTC.';
