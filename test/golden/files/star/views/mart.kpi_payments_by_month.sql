CREATE VIEW mart.kpi_payments_by_month AS
SELECT
  d.year AS year,
  d.month_number AS month_number,
  COUNT(*) AS payments,
  SUM(f.amount) AS amount
FROM mart.fact_payment f
JOIN mart.dim_date d ON d.date_key = f.payment_date_key
GROUP BY d.year, d.month_number;

COMMENT ON VIEW mart.kpi_payments_by_month IS 'Payments by the month they were received. Amounts in USD; days are those of the source, without a time zone.';

COMMENT ON COLUMN mart.kpi_payments_by_month.year IS 'Year of the payments.';

COMMENT ON COLUMN mart.kpi_payments_by_month.month_number IS 'Month of the payments, 1 to 12.';

COMMENT ON COLUMN mart.kpi_payments_by_month.payments IS 'Payments received.';

COMMENT ON COLUMN mart.kpi_payments_by_month.amount IS 'Amount received, USD.';
