SELECT MOD(STRTOL(SUBSTRING(MD5(_key), 1, 15), 16), 64) AS bucket, COUNT(*) AS row_count, SUM(CAST(STRTOL(SUBSTRING(MD5(COALESCE(REPLACE(office_code, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(city, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(phone, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(address_line1, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(address_line2, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(state, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(country, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(postal_code, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(territory, '|', '|.'), '|~')), 1, 15), 16) AS NUMERIC(38,0))) AS checksum
FROM mirror.classicmodels_offices
WHERE NOT _deleted
GROUP BY MOD(STRTOL(SUBSTRING(MD5(_key), 1, 15), 16), 64);

SELECT _key AS row_name, CAST(STRTOL(SUBSTRING(MD5(COALESCE(REPLACE(office_code, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(city, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(phone, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(address_line1, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(address_line2, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(state, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(country, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(postal_code, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(territory, '|', '|.'), '|~')), 1, 15), 16) AS VARCHAR) AS checksum, _version AS version, _deleted AS deleted
FROM mirror.classicmodels_offices
WHERE MOD(STRTOL(SUBSTRING(MD5(_key), 1, 15), 16), 64) IN (3, 17);
