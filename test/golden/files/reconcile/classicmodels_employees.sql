SELECT CAST(LEAST(GREATEST(CAST(employee_number AS BIGINT), 1001), 2000) - 1001 AS BIGINT) / 10 AS bucket, COUNT(*) AS row_count, SUM(CAST(STRTOL(SUBSTRING(MD5(COALESCE(CAST(employee_number AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(last_name, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(first_name, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(extension, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(email, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(office_code, '|', '|.'), '|~') || '|,' || COALESCE(CAST(reports_to AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(job_title, '|', '|.'), '|~')), 1, 15), 16) AS NUMERIC(38,0))) AS checksum
FROM mirror.classicmodels_employees
WHERE NOT _deleted AND employee_number > 1000 AND employee_number <= 2000
GROUP BY CAST(LEAST(GREATEST(CAST(employee_number AS BIGINT), 1001), 2000) - 1001 AS BIGINT) / 10;

SELECT COALESCE(CAST(employee_number AS VARCHAR), '|~') AS row_name, CAST(STRTOL(SUBSTRING(MD5(COALESCE(CAST(employee_number AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(last_name, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(first_name, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(extension, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(email, '|', '|.'), '|~') || '|,' || COALESCE(REPLACE(office_code, '|', '|.'), '|~') || '|,' || COALESCE(CAST(reports_to AS VARCHAR), '|~') || '|,' || COALESCE(REPLACE(job_title, '|', '|.'), '|~')), 1, 15), 16) AS VARCHAR) AS checksum, _version AS version, _deleted AS deleted
FROM mirror.classicmodels_employees
WHERE (employee_number > 1000 AND employee_number <= 2000);
