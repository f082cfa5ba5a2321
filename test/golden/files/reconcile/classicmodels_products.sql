SELECT MOD(STRTOL(SUBSTRING(MD5(_key), 1, 15), 16), 64) AS bucket, COUNT(*) AS row_count, SUM(CAST(STRTOL(SUBSTRING(MD5(COALESCE(REPLACE(product_code, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_name, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_line, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_scale, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_vendor, '|', '|.'), '|~') || '|,' || COALESCE(MD5(product_description), '|~') || '|,' || COALESCE(CAST(quantity_in_stock AS VARCHAR), '|~') || '|,' || COALESCE(CAST(buy_price AS VARCHAR), '|~') || '|,' || COALESCE(CAST(msrp AS VARCHAR), '|~')), 1, 15), 16) AS NUMERIC(38,0))) AS checksum
FROM mirror.classicmodels_products
WHERE NOT _deleted
GROUP BY MOD(STRTOL(SUBSTRING(MD5(_key), 1, 15), 16), 64);

SELECT _key AS row_name, CAST(STRTOL(SUBSTRING(MD5(COALESCE(REPLACE(product_code, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_name, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_line, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_scale, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(product_vendor, '|', '|.'), '|~') || '|,' || COALESCE(MD5(product_description), '|~') || '|,' || COALESCE(CAST(quantity_in_stock AS VARCHAR), '|~') || '|,' || COALESCE(CAST(buy_price AS VARCHAR), '|~') || '|,' || COALESCE(CAST(msrp AS VARCHAR), '|~')), 1, 15), 16) AS VARCHAR) AS checksum, _version AS version, _deleted AS deleted
FROM mirror.classicmodels_products
WHERE MOD(STRTOL(SUBSTRING(MD5(_key), 1, 15), 16), 64) IN (3, 17);
