INSERT INTO mart.dim_date (date_key)
SELECT -1
WHERE NOT EXISTS (SELECT 1 FROM mart.dim_date WHERE date_key = -1);

INSERT INTO mart.dim_date (date_key, date, day_of_week, day_name, day_of_month, iso_week, iso_year, month_number, month_name, quarter, year, is_weekend)
WITH digit AS (SELECT 0 AS n UNION ALL SELECT 1 AS n UNION ALL SELECT 2 AS n UNION ALL SELECT 3 AS n UNION ALL SELECT 4 AS n UNION ALL SELECT 5 AS n UNION ALL SELECT 6 AS n UNION ALL SELECT 7 AS n UNION ALL SELECT 8 AS n UNION ALL SELECT 9 AS n), number AS (SELECT d0.n * 1 + d1.n * 10 + d2.n * 100 + d3.n * 1000 + d4.n * 10000 + d5.n * 100000 AS n FROM digit d0 CROSS JOIN digit d1 CROSS JOIN digit d2 CROSS JOIN digit d3 CROSS JOIN digit d4 CROSS JOIN digit d5 WHERE d5.n < 2)
SELECT
  CAST(TO_CHAR(day, 'YYYYMMDD') AS INTEGER),
  day,
  1 + MOD(CAST(EXTRACT(DOW FROM day) AS INTEGER) + 6, 7),
  CASE 1 + MOD(CAST(EXTRACT(DOW FROM day) AS INTEGER) + 6, 7) WHEN 1 THEN 'Monday' WHEN 2 THEN 'Tuesday' WHEN 3 THEN 'Wednesday' WHEN 4 THEN 'Thursday' WHEN 5 THEN 'Friday' WHEN 6 THEN 'Saturday' WHEN 7 THEN 'Sunday' END,
  CAST(EXTRACT(DAY FROM day) AS INTEGER),
  CAST(EXTRACT(WEEK FROM day) AS INTEGER),
  CAST(TO_CHAR(day, 'IYYY') AS INTEGER),
  CAST(EXTRACT(MONTH FROM day) AS INTEGER),
  CASE CAST(EXTRACT(MONTH FROM day) AS INTEGER) WHEN 1 THEN 'January' WHEN 2 THEN 'February' WHEN 3 THEN 'March' WHEN 4 THEN 'April' WHEN 5 THEN 'May' WHEN 6 THEN 'June' WHEN 7 THEN 'July' WHEN 8 THEN 'August' WHEN 9 THEN 'September' WHEN 10 THEN 'October' WHEN 11 THEN 'November' WHEN 12 THEN 'December' END,
  CAST(EXTRACT(QUARTER FROM day) AS INTEGER),
  CAST(EXTRACT(YEAR FROM day) AS INTEGER),
  1 + MOD(CAST(EXTRACT(DOW FROM day) AS INTEGER) + 6, 7) >= 6
FROM (SELECT CAST('1900-01-01' AS DATE) + n AS day FROM number) days
WHERE day <= CAST('2199-12-31' AS DATE) AND day NOT IN (SELECT date FROM mart.dim_date WHERE date IS NOT NULL);

INSERT INTO mart.dim_product (product_key, valid_from, valid_to, is_current, is_deleted)
SELECT -1, CAST('0001-01-01' AS TIMESTAMP), CAST('9999-12-31' AS TIMESTAMP), TRUE, FALSE
WHERE NOT EXISTS (SELECT 1 FROM mart.dim_product WHERE product_key = -1);

INSERT INTO ops.star (dimension, last_key)
SELECT 'product', 0
WHERE NOT EXISTS (SELECT 1 FROM ops.star WHERE dimension = 'product');

INSERT INTO mart.dim_customer (customer_key, valid_from, valid_to, is_current, is_deleted)
SELECT -1, CAST('0001-01-01' AS TIMESTAMP), CAST('9999-12-31' AS TIMESTAMP), TRUE, FALSE
WHERE NOT EXISTS (SELECT 1 FROM mart.dim_customer WHERE customer_key = -1);

INSERT INTO ops.star (dimension, last_key)
SELECT 'customer', 0
WHERE NOT EXISTS (SELECT 1 FROM ops.star WHERE dimension = 'customer');

INSERT INTO mart.dim_employee (employee_key, valid_from, valid_to, is_current, is_deleted)
SELECT -1, CAST('0001-01-01' AS TIMESTAMP), CAST('9999-12-31' AS TIMESTAMP), TRUE, FALSE
WHERE NOT EXISTS (SELECT 1 FROM mart.dim_employee WHERE employee_key = -1);

INSERT INTO ops.star (dimension, last_key)
SELECT 'employee', 0
WHERE NOT EXISTS (SELECT 1 FROM ops.star WHERE dimension = 'employee');

INSERT INTO mart.dim_location (location_key)
SELECT -1
WHERE NOT EXISTS (SELECT 1 FROM mart.dim_location WHERE location_key = -1);

INSERT INTO ops.star (dimension, last_key)
SELECT 'location', 0
WHERE NOT EXISTS (SELECT 1 FROM ops.star WHERE dimension = 'location');
