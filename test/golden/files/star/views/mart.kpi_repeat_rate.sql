CREATE VIEW mart.kpi_repeat_rate AS
SELECT
  COUNT(*) AS customers,
  SUM(CASE WHEN o.orders >= 2 THEN 1 ELSE 0 END) AS repeat_customers,
  ROUND(CAST(SUM(CASE WHEN o.orders >= 2 THEN 1 ELSE 0 END) AS NUMERIC(38, 6)) / NULLIF(COUNT(*), 0), 4) AS repeat_rate
FROM (
  SELECT c.customer_number, COUNT(*) AS orders
  FROM mart.fact_order f
  JOIN mart.dim_customer c ON c.customer_key = f.customer_key
  WHERE c.customer_number IS NOT NULL
  GROUP BY c.customer_number
) o;

COMMENT ON VIEW mart.kpi_repeat_rate IS 'Customers with two or more orders among those with any; cancelled orders count as orders.';

COMMENT ON COLUMN mart.kpi_repeat_rate.customers IS 'Customers with an order.';

COMMENT ON COLUMN mart.kpi_repeat_rate.repeat_customers IS 'Of them, those with two or more.';

COMMENT ON COLUMN mart.kpi_repeat_rate.repeat_rate IS 'Repeat customers divided by customers.';
