SELECT b.batch, b.table_name
FROM ops.batch b
LEFT JOIN ops.star_batch s ON s.batch = b.batch AND s.table_name = b.table_name
WHERE s.batch IS NULL AND b.table_name IN ('classicmodels_products', 'classicmodels_productlines', 'classicmodels_customers', 'classicmodels_employees', 'classicmodels_offices', 'classicmodels_orderdetails', 'classicmodels_orders', 'classicmodels_payments')
ORDER BY b.loaded_at, b.batch
LIMIT 500;
