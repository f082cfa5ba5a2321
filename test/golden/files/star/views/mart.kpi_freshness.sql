CREATE VIEW mart.kpi_freshness AS
SELECT
  b.table_name AS table_name,
  MAX(b.newest_commit_at) AS newest_commit_at,
  MAX(b.built_at) AS built_at,
  EXTRACT(EPOCH FROM GETDATE()) - EXTRACT(EPOCH FROM MAX(b.newest_commit_at)) AS age_seconds
FROM ops.star_batch b
GROUP BY b.table_name;

COMMENT ON VIEW mart.kpi_freshness IS 'How far the star is behind the source, per captured table. Times in UTC.';

COMMENT ON COLUMN mart.kpi_freshness.table_name IS 'Table, `<area>_<table>`.';

COMMENT ON COLUMN mart.kpi_freshness.newest_commit_at IS 'Newest source commit visible in the star.';

COMMENT ON COLUMN mart.kpi_freshness.built_at IS 'When the star last took up a load of the table.';

COMMENT ON COLUMN mart.kpi_freshness.age_seconds IS 'Seconds since that commit; grows while the table does not change.';
