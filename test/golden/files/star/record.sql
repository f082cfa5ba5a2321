BEGIN;

LOCK TABLE ops.star;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_products', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_products h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_products'
WHERE s.batch IS NULL
GROUP BY b.batch;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_productlines', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_productlines h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_productlines'
WHERE s.batch IS NULL
GROUP BY b.batch;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_customers', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_customers h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_customers'
WHERE s.batch IS NULL
GROUP BY b.batch;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_employees', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_employees h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_employees'
WHERE s.batch IS NULL
GROUP BY b.batch;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_offices', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_offices h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_offices'
WHERE s.batch IS NULL
GROUP BY b.batch;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_orderdetails', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_orderdetails h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_orderdetails'
WHERE s.batch IS NULL
GROUP BY b.batch;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_orders', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_orders h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_orders'
WHERE s.batch IS NULL
GROUP BY b.batch;

INSERT INTO ops.star_batch (batch, table_name, built_at, oldest_commit_at, newest_commit_at)
SELECT b.batch, 'classicmodels_payments', CAST('2026-01-01 00:00:00.000' AS TIMESTAMP), MIN(h._commit_at), MAX(h._commit_at)
FROM (SELECT '0123456789abcdef0123456789abcdef' AS batch) b
LEFT JOIN history.classicmodels_payments h ON h._batch = b.batch AND h._op <> 'r'
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = 'classicmodels_payments'
WHERE s.batch IS NULL
GROUP BY b.batch;

DELETE FROM ops.touched_classicmodels_products
WHERE batch IN ('0123456789abcdef0123456789abcdef');

DELETE FROM ops.touched_classicmodels_productlines
WHERE batch IN ('0123456789abcdef0123456789abcdef');

DELETE FROM ops.touched_classicmodels_customers
WHERE batch IN ('0123456789abcdef0123456789abcdef');

DELETE FROM ops.touched_classicmodels_employees
WHERE batch IN ('0123456789abcdef0123456789abcdef');

DELETE FROM ops.touched_classicmodels_offices
WHERE batch IN ('0123456789abcdef0123456789abcdef');

DELETE FROM ops.touched_classicmodels_orderdetails
WHERE batch IN ('0123456789abcdef0123456789abcdef');

DELETE FROM ops.touched_classicmodels_orders
WHERE batch IN ('0123456789abcdef0123456789abcdef');

DELETE FROM ops.touched_classicmodels_payments
WHERE batch IN ('0123456789abcdef0123456789abcdef');

COMMIT;
