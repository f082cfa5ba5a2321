SELECT CAST(LEAST(GREATEST(CAST(order_number AS BIGINT), 1001), 2000) - 1001 AS BIGINT) / 10 AS bucket, COUNT(*) AS row_count, SUM(CAST(STRTOL(SUBSTRING(MD5(COALESCE(CAST(order_number AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(product_code, '|', '|.'), '|~') || '|,' || COALESCE(CAST(quantity_ordered AS VARCHAR), '|~') || '|,' || COALESCE(CAST(price_each AS VARCHAR), '|~') || '|,' || COALESCE(CAST(order_line_number AS VARCHAR), '|~')), 1, 15), 16) AS NUMERIC(38,0))) AS checksum
FROM mirror.classicmodels_orderdetails
WHERE NOT _deleted AND order_number > 1000 AND order_number <= 2000
GROUP BY CAST(LEAST(GREATEST(CAST(order_number AS BIGINT), 1001), 2000) - 1001 AS BIGINT) / 10;

SELECT COALESCE(CAST(order_number AS VARCHAR), '|~') || '|' || _key AS row_name, CAST(STRTOL(SUBSTRING(MD5(COALESCE(CAST(order_number AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(product_code, '|', '|.'), '|~') || '|,' || COALESCE(CAST(quantity_ordered AS VARCHAR), '|~') || '|,' || COALESCE(CAST(price_each AS VARCHAR), '|~') || '|,' || COALESCE(CAST(order_line_number AS VARCHAR), '|~')), 1, 15), 16) AS VARCHAR) AS checksum, _version AS version, _deleted AS deleted
FROM mirror.classicmodels_orderdetails
WHERE (order_number > 1000 AND order_number <= 2000);
