CREATE VIEW mart.kpi_orders_by_status AS
SELECT
  f.status AS status,
  COUNT(*) AS orders,
  SUM(f.gross_amount) AS gross_revenue
FROM mart.fact_order f
GROUP BY f.status;

COMMENT ON VIEW mart.kpi_orders_by_status IS 'Orders and gross revenue by status, cancelled ones among them. Amounts in USD; days are those of the source, without a time zone.';

COMMENT ON COLUMN mart.kpi_orders_by_status.status IS 'Status of the orders.';

COMMENT ON COLUMN mart.kpi_orders_by_status.orders IS 'Orders.';

COMMENT ON COLUMN mart.kpi_orders_by_status.gross_revenue IS 'Quantity times unit price, USD.';
