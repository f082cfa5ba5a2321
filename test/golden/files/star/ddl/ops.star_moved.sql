CREATE TABLE IF NOT EXISTS ops.star_moved (
  fact VARCHAR(63) ENCODE ZSTD NOT NULL,
  dimension VARCHAR(63) ENCODE ZSTD NOT NULL,
  member VARCHAR(4096) ENCODE ZSTD NOT NULL,
  since TIMESTAMP ENCODE AZ64 NOT NULL
)
DISTSTYLE EVEN;

COMMENT ON TABLE ops.star_moved IS 'Members that changed while the facts that point at them are still to be recomputed.';

COMMENT ON COLUMN ops.star_moved.fact IS 'Fact to recompute.';

COMMENT ON COLUMN ops.star_moved.dimension IS 'Dimension of the member.';

COMMENT ON COLUMN ops.star_moved.member IS 'Its natural key as text.';

COMMENT ON COLUMN ops.star_moved.since IS 'Facts before it are as they were.';
