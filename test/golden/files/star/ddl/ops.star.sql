CREATE TABLE IF NOT EXISTS ops.star (
  dimension VARCHAR(63) ENCODE ZSTD NOT NULL,
  last_key BIGINT ENCODE AZ64 NOT NULL,
  PRIMARY KEY (dimension)
)
DISTSTYLE ALL;

COMMENT ON TABLE ops.star IS 'Locked by every build of the star. The highest surrogate key ever given out, per dimension.';

COMMENT ON COLUMN ops.star.dimension IS 'Name of the dimension.';

COMMENT ON COLUMN ops.star.last_key IS 'Highest key given out; keys are never used again.';
