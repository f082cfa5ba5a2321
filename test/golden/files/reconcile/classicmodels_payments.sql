SELECT CAST(LEAST(GREATEST(CAST(customer_number AS BIGINT), 1001), 2000) - 1001 AS BIGINT) / 10 AS bucket, COUNT(*) AS row_count, SUM(CAST(STRTOL(SUBSTRING(MD5(COALESCE(CAST(customer_number AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(check_number, '|', '|.'), '|~') || '|,' || COALESCE(TO_CHAR(payment_date, 'YYYY-MM-DD'), CAST(_raw.payment_date AS VARCHAR), '|~') || '|,' || COALESCE(CAST(amount AS VARCHAR), '|~')), 1, 15), 16) AS NUMERIC(38,0))) AS checksum
FROM mirror.classicmodels_payments
WHERE NOT _deleted AND customer_number > 1000 AND customer_number <= 2000
GROUP BY CAST(LEAST(GREATEST(CAST(customer_number AS BIGINT), 1001), 2000) - 1001 AS BIGINT) / 10;

SELECT COALESCE(CAST(customer_number AS VARCHAR), '|~') || '|' || _key AS row_name, CAST(STRTOL(SUBSTRING(MD5(COALESCE(CAST(customer_number AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(check_number, '|', '|.'), '|~') || '|,' || COALESCE(TO_CHAR(payment_date, 'YYYY-MM-DD'), CAST(_raw.payment_date AS VARCHAR), '|~') || '|,' || COALESCE(CAST(amount AS VARCHAR), '|~')), 1, 15), 16) AS VARCHAR) AS checksum, _version AS version, _deleted AS deleted
FROM mirror.classicmodels_payments
WHERE (customer_number > 1000 AND customer_number <= 2000);
