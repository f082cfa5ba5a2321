CREATE VIEW mart.kpi_sales_by_product_line AS
SELECT
  p.product_line AS product_line,
  COUNT(DISTINCT f.order_number) AS orders,
  SUM(f.quantity) AS units,
  SUM(f.gross_amount) AS gross_revenue,
  SUM(CASE WHEN f.status = 'Cancelled' THEN f.gross_amount ELSE 0 END) AS cancelled_revenue,
  SUM(CASE WHEN f.status = 'Cancelled' THEN 0 ELSE f.gross_amount END) AS net_revenue,
  SUM(CASE WHEN f.status = 'Cancelled' THEN 0 ELSE f.gross_amount - f.cost_amount END) AS gross_margin,
  ROUND(CAST(SUM(CASE WHEN f.status = 'Cancelled' THEN 0 ELSE f.gross_amount - f.cost_amount END) AS NUMERIC(38, 6)) / NULLIF(SUM(CASE WHEN f.status = 'Cancelled' THEN 0 ELSE f.gross_amount END), 0), 4) AS gross_margin_rate,
  ROUND(CAST(SUM(CASE WHEN f.status = 'Cancelled' THEN 0 ELSE f.gross_amount END) AS NUMERIC(38, 6)) / NULLIF(COUNT(DISTINCT f.order_number), 0), 2) AS average_order_value,
  ROUND(CAST(SUM(f.quantity) AS NUMERIC(38, 6)) / NULLIF(COUNT(DISTINCT f.order_number), 0), 2) AS units_per_order
FROM mart.fact_sales f
JOIN mart.dim_product p ON p.product_key = f.product_key
GROUP BY p.product_line;

COMMENT ON VIEW mart.kpi_sales_by_product_line IS 'Sales by the product line that the product belonged to on the order''s day. Amounts in USD; days are those of the source, without a time zone.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.product_line IS 'Product line; NULL when unknown.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.orders IS 'Distinct orders, cancelled ones included.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.units IS 'Units ordered, cancelled orders included.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.gross_revenue IS 'Quantity times unit price of all orders placed, USD.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.cancelled_revenue IS 'Gross revenue of cancelled orders, USD.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.net_revenue IS 'Gross less cancelled, USD.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.gross_margin IS 'Net revenue less cost at the buy price valid on the order''s day, USD.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.gross_margin_rate IS 'Gross margin divided by net revenue.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.average_order_value IS 'Net revenue divided by orders, USD.';

COMMENT ON COLUMN mart.kpi_sales_by_product_line.units_per_order IS 'Units divided by orders.';
