CREATE TABLE IF NOT EXISTS ops.star_batch (
  batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  table_name VARCHAR(127) ENCODE ZSTD NOT NULL,
  built_at TIMESTAMP ENCODE RAW NOT NULL,
  oldest_commit_at TIMESTAMP ENCODE AZ64,
  newest_commit_at TIMESTAMP ENCODE AZ64,
  PRIMARY KEY (batch, table_name)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (built_at);

COMMENT ON TABLE ops.star_batch IS 'Loads whose rows are visible in the star.';

COMMENT ON COLUMN ops.star_batch.batch IS 'Id of the load (ops.batch).';

COMMENT ON COLUMN ops.star_batch.table_name IS 'Table loaded, `<area>_<table>`.';

COMMENT ON COLUMN ops.star_batch.built_at IS 'When the star had it, UTC.';

COMMENT ON COLUMN ops.star_batch.oldest_commit_at IS 'Oldest source commit among its changes; NULL for snapshot rows only.';

COMMENT ON COLUMN ops.star_batch.newest_commit_at IS 'Newest source commit among its changes; NULL for snapshot rows only.';
