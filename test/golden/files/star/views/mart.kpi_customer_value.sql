CREATE VIEW mart.kpi_customer_value AS
SELECT
  c.customer_number AS customer_number,
  c.customer_name AS customer_name,
  c.country AS country,
  COALESCE(o.orders, 0) AS orders,
  COALESCE(o.gross_revenue, 0) AS gross_revenue,
  COALESCE(o.net_revenue, 0) AS lifetime_value,
  o.first_order_date_key AS first_order_date_key,
  o.last_order_date_key AS last_order_date_key,
  COALESCE(y.amount, 0) AS payments
FROM mart.dim_customer c
LEFT JOIN (
  SELECT g.customer_number, COUNT(*) AS orders, SUM(f.gross_amount) AS gross_revenue,
    SUM(CASE WHEN f.status = 'Cancelled' THEN 0 ELSE f.gross_amount END) AS net_revenue,
    MIN(NULLIF(f.order_date_key, -1)) AS first_order_date_key,
    MAX(NULLIF(f.order_date_key, -1)) AS last_order_date_key
  FROM mart.fact_order f
  JOIN mart.dim_customer g ON g.customer_key = f.customer_key
  GROUP BY g.customer_number
) o ON o.customer_number = c.customer_number
LEFT JOIN (
  SELECT h.customer_number, SUM(p.amount) AS amount
  FROM mart.fact_payment p
  JOIN mart.dim_customer h ON h.customer_key = p.customer_key
  GROUP BY h.customer_number
) y ON y.customer_number = c.customer_number
WHERE c.is_current AND c.customer_number IS NOT NULL;

COMMENT ON VIEW mart.kpi_customer_value IS 'Lifetime value of each customer: net revenue, orders and payments so far. Amounts in USD; days are those of the source, without a time zone.';

COMMENT ON COLUMN mart.kpi_customer_value.customer_number IS 'Key of the customer.';

COMMENT ON COLUMN mart.kpi_customer_value.customer_name IS 'Company name now.';

COMMENT ON COLUMN mart.kpi_customer_value.country IS 'Country now.';

COMMENT ON COLUMN mart.kpi_customer_value.orders IS 'Orders placed, cancelled ones included.';

COMMENT ON COLUMN mart.kpi_customer_value.gross_revenue IS 'Quantity times unit price of all orders placed, USD.';

COMMENT ON COLUMN mart.kpi_customer_value.lifetime_value IS 'Gross revenue less cancelled, USD.';

COMMENT ON COLUMN mart.kpi_customer_value.first_order_date_key IS 'Day of the first order; NULL without any.';

COMMENT ON COLUMN mart.kpi_customer_value.last_order_date_key IS 'Day of the latest order; NULL without any.';

COMMENT ON COLUMN mart.kpi_customer_value.payments IS 'Payments received, USD.';
