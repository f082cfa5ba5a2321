CREATE TABLE IF NOT EXISTS ops.reconciliation (
  run VARCHAR(40) ENCODE ZSTD NOT NULL,
  table_name VARCHAR(127) ENCODE ZSTD NOT NULL,
  started_at TIMESTAMP ENCODE RAW NOT NULL,
  finished_at TIMESTAMP ENCODE AZ64 NOT NULL,
  verdict VARCHAR(16) ENCODE ZSTD NOT NULL,
  source_rows BIGINT ENCODE AZ64 NOT NULL,
  mirror_rows BIGINT ENCODE AZ64 NOT NULL,
  ranges BIGINT ENCODE AZ64 NOT NULL,
  changed_rows BIGINT ENCODE AZ64 NOT NULL,
  missing_rows BIGINT ENCODE AZ64 NOT NULL,
  surplus_rows BIGINT ENCODE AZ64 NOT NULL,
  repaired_rows BIGINT ENCODE AZ64 NOT NULL,
  message VARCHAR(1000) ENCODE ZSTD,
  PRIMARY KEY (run, table_name)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (started_at);

COMMENT ON TABLE ops.reconciliation IS 'One row for every table of every reconciliation of source and mirror.';

COMMENT ON COLUMN ops.reconciliation.run IS 'Id of the run; begins with its time.';

COMMENT ON COLUMN ops.reconciliation.table_name IS 'Table compared, `<area>_<table>`.';

COMMENT ON COLUMN ops.reconciliation.started_at IS 'When it was planned, UTC.';

COMMENT ON COLUMN ops.reconciliation.finished_at IS 'When it ended, UTC.';

COMMENT ON COLUMN ops.reconciliation.verdict IS 'equal, different, or unconfirmed: the mirror did not get as far as the source was read.';

COMMENT ON COLUMN ops.reconciliation.source_rows IS 'Rows read at the source.';

COMMENT ON COLUMN ops.reconciliation.mirror_rows IS 'Live rows counted in the mirror.';

COMMENT ON COLUMN ops.reconciliation.ranges IS 'Ranges whose rows were looked at one by one.';

COMMENT ON COLUMN ops.reconciliation.changed_rows IS 'Rows with another content in the mirror.';

COMMENT ON COLUMN ops.reconciliation.missing_rows IS 'Rows that the mirror lacks.';

COMMENT ON COLUMN ops.reconciliation.surplus_rows IS 'Rows that only the mirror has.';

COMMENT ON COLUMN ops.reconciliation.repaired_rows IS 'Rows that differed before a repair and do not any more.';

COMMENT ON COLUMN ops.reconciliation.message IS 'What kept it from a verdict, if anything.';

DELETE FROM ops.reconciliation WHERE run = '20240131T100000000Z-1a2b3c4d' AND table_name = 'shop_orders';

INSERT INTO ops.reconciliation (run, table_name, started_at, finished_at, verdict, source_rows, mirror_rows, ranges, changed_rows, missing_rows, surplus_rows, repaired_rows, message)
VALUES ('20240131T100000000Z-1a2b3c4d', 'shop_orders', '1970-01-01 00:00:00.000', '1970-01-01 00:00:01.500', 'different', 1000, 1001, 3, 1, 1, 1, 0, 'it''s said');
