BEGIN;

LOCK TABLE ops.star;

CREATE TEMP TABLE star_fact_sales_keys AS
SELECT DISTINCT t.order_number, t._key, t.product_code
FROM (SELECT * FROM ops.touched_classicmodels_orderdetails WHERE batch IN ('0123456789abcdef0123456789abcdef')) t;

DELETE FROM mart.fact_sales
USING star_fact_sales_keys k
WHERE fact_sales.order_number = k.order_number AND fact_sales.product_code || '.' = k.product_code || '.';

INSERT INTO mart.fact_sales (product_key, customer_key, employee_key, location_key, order_date_key, required_date_key, shipped_date_key, order_number, product_code, order_line_number, status, quantity, unit_price, unit_cost, gross_amount, cost_amount)
SELECT
  COALESCE(d_product_key.product_key, -1),
  COALESCE(d_customer_key.customer_key, -1),
  COALESCE(d_employee_key.employee_key, -1),
  COALESCE(d_location_key.location_key, -1),
  CASE WHEN CAST(j_order.order_date AS DATE) BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2199-12-31' AS DATE) THEN CAST(TO_CHAR(CAST(j_order.order_date AS DATE), 'YYYYMMDD') AS INTEGER) ELSE -1 END,
  CASE WHEN CAST(j_order.required_date AS DATE) BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2199-12-31' AS DATE) THEN CAST(TO_CHAR(CAST(j_order.required_date AS DATE), 'YYYYMMDD') AS INTEGER) ELSE -1 END,
  CASE WHEN CAST(j_order.shipped_date AS DATE) BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2199-12-31' AS DATE) THEN CAST(TO_CHAR(CAST(j_order.shipped_date AS DATE), 'YYYYMMDD') AS INTEGER) ELSE -1 END,
  r.order_number,
  r.product_code,
  r.order_line_number,
  j_order.status,
  r.quantity_ordered,
  r.price_each,
  d_product_key.buy_price,
  CAST(r.quantity_ordered * r.price_each AS NUMERIC(20,2)),
  CAST(r.quantity_ordered * d_product_key.buy_price AS NUMERIC(20,2))
FROM star_fact_sales_keys k
JOIN mirror.classicmodels_orderdetails r ON r.order_number = k.order_number AND r._key = k._key AND NOT r._deleted
LEFT JOIN mirror.classicmodels_orders j_order ON j_order.order_number = r.order_number AND NOT j_order._deleted
LEFT JOIN mart.dim_product d_product_key ON d_product_key.product_code || '.' = r.product_code || '.' AND d_product_key.valid_from < COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_product_key.valid_to OR d_product_key.is_current)
LEFT JOIN mart.dim_customer d_customer_key ON d_customer_key.customer_number = j_order.customer_number AND d_customer_key.valid_from < COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_customer_key.valid_to OR d_customer_key.is_current)
LEFT JOIN mart.dim_employee d_employee_key ON d_employee_key.employee_number = d_customer_key.sales_rep_employee_number AND d_employee_key.valid_from < COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_employee_key.valid_to OR d_employee_key.is_current)
LEFT JOIN mart.dim_location d_location_key ON COALESCE(d_location_key.city || '.', '') = COALESCE(d_customer_key.city || '.', '') AND COALESCE(d_location_key.state || '.', '') = COALESCE(d_customer_key.state || '.', '') AND COALESCE(d_location_key.postal_code || '.', '') = COALESCE(d_customer_key.postal_code || '.', '') AND COALESCE(d_location_key.country || '.', '') = COALESCE(d_customer_key.country || '.', '');

CREATE TEMP TABLE star_fact_order_keys AS
SELECT DISTINCT r.order_number
FROM (SELECT * FROM ops.touched_classicmodels_orderdetails WHERE batch IN ('0123456789abcdef0123456789abcdef')) t
JOIN mirror.classicmodels_orders r ON r.order_number = t.order_number;

DELETE FROM mart.fact_order
USING star_fact_order_keys k
WHERE fact_order.order_number = k.order_number;

INSERT INTO mart.fact_order (customer_key, employee_key, location_key, order_date_key, required_date_key, shipped_date_key, order_number, status, lines, quantity, gross_amount, lead_days, late_days)
SELECT
  COALESCE(d_customer_key.customer_key, -1),
  COALESCE(d_employee_key.employee_key, -1),
  COALESCE(d_location_key.location_key, -1),
  CASE WHEN CAST(r.order_date AS DATE) BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2199-12-31' AS DATE) THEN CAST(TO_CHAR(CAST(r.order_date AS DATE), 'YYYYMMDD') AS INTEGER) ELSE -1 END,
  CASE WHEN CAST(r.required_date AS DATE) BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2199-12-31' AS DATE) THEN CAST(TO_CHAR(CAST(r.required_date AS DATE), 'YYYYMMDD') AS INTEGER) ELSE -1 END,
  CASE WHEN CAST(r.shipped_date AS DATE) BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2199-12-31' AS DATE) THEN CAST(TO_CHAR(CAST(r.shipped_date AS DATE), 'YYYYMMDD') AS INTEGER) ELSE -1 END,
  r.order_number,
  r.status,
  COALESCE(a_lines.lines, 0),
  COALESCE(a_lines.quantity, 0),
  COALESCE(a_lines.gross_amount, 0),
  CAST(r.shipped_date AS DATE) - CAST(r.order_date AS DATE),
  CAST(r.shipped_date AS DATE) - CAST(r.required_date AS DATE)
FROM star_fact_order_keys k
JOIN mirror.classicmodels_orders r ON r.order_number = k.order_number AND NOT r._deleted
LEFT JOIN mart.dim_customer d_customer_key ON d_customer_key.customer_number = r.customer_number AND d_customer_key.valid_from < COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_customer_key.valid_to OR d_customer_key.is_current)
LEFT JOIN mart.dim_employee d_employee_key ON d_employee_key.employee_number = d_customer_key.sales_rep_employee_number AND d_employee_key.valid_from < COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_employee_key.valid_to OR d_employee_key.is_current)
LEFT JOIN mart.dim_location d_location_key ON COALESCE(d_location_key.city || '.', '') = COALESCE(d_customer_key.city || '.', '') AND COALESCE(d_location_key.state || '.', '') = COALESCE(d_customer_key.state || '.', '') AND COALESCE(d_location_key.postal_code || '.', '') = COALESCE(d_customer_key.postal_code || '.', '') AND COALESCE(d_location_key.country || '.', '') = COALESCE(d_customer_key.country || '.', '')
LEFT JOIN (
  SELECT c.order_number AS k0, COUNT(*) AS lines, SUM(c.quantity_ordered) AS quantity, SUM(c.quantity_ordered * c.price_each) AS gross_amount
  FROM mirror.classicmodels_orderdetails c
  JOIN (SELECT DISTINCT k.order_number AS k0 FROM star_fact_order_keys k) w ON c.order_number = w.k0
  WHERE NOT c._deleted
  GROUP BY c.order_number
) a_lines ON r.order_number = a_lines.k0;

COMMIT;
