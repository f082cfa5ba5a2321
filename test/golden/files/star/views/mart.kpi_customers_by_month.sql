CREATE VIEW mart.kpi_customers_by_month AS
SELECT
  o.year AS year,
  o.month_number AS month_number,
  COUNT(*) AS customers,
  SUM(CASE WHEN o.month = b.month THEN 1 ELSE 0 END) AS new_customers,
  SUM(CASE WHEN o.month > b.month THEN 1 ELSE 0 END) AS returning_customers
FROM (
  SELECT DISTINCT c.customer_number, d.year, d.month_number, d.year * 100 + d.month_number AS month
  FROM mart.fact_order f
  JOIN mart.dim_customer c ON c.customer_key = f.customer_key
  JOIN mart.dim_date d ON d.date_key = f.order_date_key
) o
JOIN (
  SELECT h.customer_number, MIN(e.year * 100 + e.month_number) AS month
  FROM mart.fact_order g
  JOIN mart.dim_customer h ON h.customer_key = g.customer_key
  JOIN mart.dim_date e ON e.date_key = g.order_date_key
  GROUP BY h.customer_number
) b ON b.customer_number = o.customer_number
GROUP BY o.year, o.month_number;

COMMENT ON VIEW mart.kpi_customers_by_month IS 'Customers who ordered, new or returning, by month; cancelled orders count as orders. Amounts in USD; days are those of the source, without a time zone.';

COMMENT ON COLUMN mart.kpi_customers_by_month.year IS 'Year of the orders.';

COMMENT ON COLUMN mart.kpi_customers_by_month.month_number IS 'Month of the orders, 1 to 12.';

COMMENT ON COLUMN mart.kpi_customers_by_month.customers IS 'Customers who ordered in the month.';

COMMENT ON COLUMN mart.kpi_customers_by_month.new_customers IS 'Of them, those whose first-ever order is in the month.';

COMMENT ON COLUMN mart.kpi_customers_by_month.returning_customers IS 'Of them, those who ordered in an earlier month.';
