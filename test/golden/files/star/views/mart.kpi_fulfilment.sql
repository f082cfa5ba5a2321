CREATE VIEW mart.kpi_fulfilment AS
SELECT
  COUNT(*) AS orders,
  SUM(CASE WHEN f.status = 'Cancelled' THEN 1 ELSE 0 END) AS cancelled_orders,
  ROUND(CAST(SUM(CASE WHEN f.status = 'Cancelled' THEN 1 ELSE 0 END) AS NUMERIC(38, 6)) / NULLIF(COUNT(*), 0), 4) AS cancellation_rate,
  COUNT(f.lead_days) AS shipped_orders,
  PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY CAST(f.lead_days AS DOUBLE PRECISION)) AS lead_days_p50,
  PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY CAST(f.lead_days AS DOUBLE PRECISION)) AS lead_days_p95,
  ROUND(CAST(SUM(CASE WHEN f.late_days <= 0 THEN 1 ELSE 0 END) AS NUMERIC(38, 6)) / NULLIF(COUNT(f.late_days), 0), 4) AS on_time_rate
FROM mart.fact_order f;

COMMENT ON VIEW mart.kpi_fulfilment IS 'Cancellations and shipping in one row. Amounts in USD; days are those of the source, without a time zone.';

COMMENT ON COLUMN mart.kpi_fulfilment.orders IS 'Orders placed, cancelled ones included.';

COMMENT ON COLUMN mart.kpi_fulfilment.cancelled_orders IS 'Orders cancelled.';

COMMENT ON COLUMN mart.kpi_fulfilment.cancellation_rate IS 'Cancelled orders divided by orders placed.';

COMMENT ON COLUMN mart.kpi_fulfilment.shipped_orders IS 'Orders shipped.';

COMMENT ON COLUMN mart.kpi_fulfilment.lead_days_p50 IS 'Median of the days from order to shipping.';

COMMENT ON COLUMN mart.kpi_fulfilment.lead_days_p95 IS '95th percentile of the days from order to shipping.';

COMMENT ON COLUMN mart.kpi_fulfilment.on_time_rate IS 'Shipped by the day asked for, divided by shipped.';
