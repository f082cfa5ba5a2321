CREATE TABLE IF NOT EXISTS ops.erasure (
  id VARCHAR(32) ENCODE ZSTD NOT NULL,
  table_name VARCHAR(127) ENCODE ZSTD NOT NULL,
  matched VARCHAR(256) ENCODE ZSTD NOT NULL,
  value_hash VARCHAR(64) ENCODE ZSTD NOT NULL,
  up_to VARCHAR(44) ENCODE ZSTD NOT NULL,
  requested_at TIMESTAMP ENCODE RAW NOT NULL,
  finished_at TIMESTAMP ENCODE AZ64,
  mirror_rows BIGINT ENCODE AZ64,
  history_rows BIGINT ENCODE AZ64,
  landed_rows BIGINT ENCODE AZ64,
  quarantined_rows BIGINT ENCODE AZ64
)
DISTSTYLE ALL
COMPOUND SORTKEY (requested_at);

COMMENT ON TABLE ops.erasure IS 'What `millrace forget` has erased. Loads keep out whatever of it comes again.';

COMMENT ON COLUMN ops.erasure.id IS 'Names one run of `millrace forget`.';

COMMENT ON COLUMN ops.erasure.table_name IS 'Table whose rows were erased, `<area>_<table>`.';

COMMENT ON COLUMN ops.erasure.matched IS 'Columns by which the rows were found, joined by commas.';

COMMENT ON COLUMN ops.erasure.value_hash IS 'SHA-256 of the table''s name and the value of those columns.';

COMMENT ON COLUMN ops.erasure.up_to IS 'Versions up to this one are erased and kept out.';

COMMENT ON COLUMN ops.erasure.requested_at IS 'When the erasure began, UTC.';

COMMENT ON COLUMN ops.erasure.finished_at IS 'When it was done everywhere, UTC; NULL: it is to be run again.';

COMMENT ON COLUMN ops.erasure.mirror_rows IS 'Rows taken out of the mirror.';

COMMENT ON COLUMN ops.erasure.history_rows IS 'Rows taken out of history.';

COMMENT ON COLUMN ops.erasure.landed_rows IS 'Rows taken out of landed objects.';

COMMENT ON COLUMN ops.erasure.quarantined_rows IS 'Records taken out of quarantine.';
