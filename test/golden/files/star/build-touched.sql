BEGIN;

LOCK TABLE ops.star;

CREATE TEMP TABLE star_product_keys AS
SELECT t._key, t.product_code
FROM (SELECT * FROM ops.touched_classicmodels_products WHERE batch IN ('0123456789abcdef0123456789abcdef')) t
UNION
SELECT r._key, r.product_code
FROM history.classicmodels_products r
JOIN (SELECT * FROM ops.touched_classicmodels_productlines WHERE batch IN ('0123456789abcdef0123456789abcdef')) t ON t.product_line || '.' = r.product_line || '.';

CREATE TEMP TABLE star_product_rows AS
WITH root_read AS (
  SELECT h._key, h.product_code, h.product_name, h.product_line, h.product_scale, h.product_vendor, h.product_description, h.quantity_in_stock, h.buy_price, h.msrp, h._version, h._op, h._commit_at, h._captured_at,
    MIN(CASE WHEN h._op IN ('c', 'u') THEN h._commit_at END)
      OVER (PARTITION BY h._key ORDER BY h._version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS contained_at
  FROM history.classicmodels_products h
  JOIN star_product_keys k ON h._key = k._key
), root_kept AS (
  SELECT _key, product_code, product_name, product_line, product_scale, product_vendor, product_description, quantity_in_stock, buy_price, msrp, _version, _op,
    CASE WHEN _op = 'r' AND ROW_NUMBER() OVER (PARTITION BY _key ORDER BY _version) = 1 THEN CAST('0001-01-01' AS TIMESTAMP)
      ELSE COALESCE(_commit_at, _captured_at, CAST('0001-01-01' AS TIMESTAMP)) END AS at,
    FIRST_VALUE(_op) OVER (PARTITION BY _key ORDER BY _version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_op,
    LEAD(_version) OVER (PARTITION BY _key ORDER BY _version) AS next_version
  FROM root_read
  WHERE CASE WHEN _op = 'r' AND contained_at <= _captured_at THEN FALSE ELSE TRUE END
), root AS (
  SELECT _key, product_code, product_name, product_line, product_scale, product_vendor, product_description, quantity_in_stock, buy_price, msrp, at, last_op, _version AS since, COALESCE(next_version, 'z') AS until
  FROM root_kept
  WHERE _op <> 'd'
), states_0 AS (
  SELECT _key AS m__key, product_code AS root__product_code, product_name AS root__product_name, product_line AS root__product_line, product_scale AS root__product_scale, product_vendor AS root__product_vendor, product_description AS root__product_description, quantity_in_stock AS root__quantity_in_stock, buy_price AS root__buy_price, msrp AS root__msrp, last_op, at, since, until
  FROM root
), j_line_read AS (
  SELECT h._key, h.product_line, h.text_description, h._version, h._op, h._commit_at, h._captured_at,
    MIN(CASE WHEN h._op IN ('c', 'u') THEN h._commit_at END)
      OVER (PARTITION BY h._key ORDER BY h._version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS contained_at
  FROM history.classicmodels_productlines h
  JOIN (SELECT DISTINCT root__product_line || '.' AS k0 FROM states_0) w ON h.product_line || '.' = w.k0
), j_line_kept AS (
  SELECT _key, product_line, text_description, _version, _op,
    CASE WHEN _op = 'r' AND ROW_NUMBER() OVER (PARTITION BY _key ORDER BY _version) = 1 THEN CAST('0001-01-01' AS TIMESTAMP)
      ELSE COALESCE(_commit_at, _captured_at, CAST('0001-01-01' AS TIMESTAMP)) END AS at,
    FIRST_VALUE(_op) OVER (PARTITION BY _key ORDER BY _version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_op,
    LEAD(_version) OVER (PARTITION BY _key ORDER BY _version) AS next_version, ROW_NUMBER() OVER (PARTITION BY _key ORDER BY _version) AS nth
  FROM j_line_read
  WHERE CASE WHEN _op = 'r' AND contained_at <= _captured_at THEN FALSE ELSE TRUE END AND _op <> 'd'
), j_line AS (
  SELECT _key, product_line, text_description, at, last_op, CASE WHEN nth = 1 THEN '' ELSE _version END AS since, COALESCE(next_version, 'z') AS until
  FROM j_line_kept
  WHERE _op <> 'd'
), states_1 AS (
  SELECT s.m__key, s.root__product_code, s.root__product_name, s.root__product_line, s.root__product_scale, s.root__product_vendor, s.root__product_description, s.root__quantity_in_stock, s.root__buy_price, s.root__msrp, j.text_description AS line__text_description,
    s.last_op, CASE WHEN j.since > s.since THEN j.at ELSE s.at END AS at, CASE WHEN j.since > s.since THEN j.since ELSE s.since END AS since,
    CASE WHEN j.until < s.until THEN j.until ELSE s.until END AS until
  FROM states_0 s
  LEFT JOIN j_line j ON j.product_line || '.' = s.root__product_line || '.' AND j.since < s.until AND s.since < j.until
), states AS (
  SELECT m__key, root__product_code AS product_code, root__product_name AS product_name, root__product_line AS product_line, line__text_description AS product_line_description, root__product_scale AS product_scale, root__product_vendor AS product_vendor, root__product_description AS product_description, FIRST_VALUE(root__quantity_in_stock) OVER (PARTITION BY m__key ORDER BY since DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS quantity_in_stock, root__buy_price AS buy_price, root__msrp AS msrp,
    MD5(COALESCE(MD5(root__product_code), '') || ';' || COALESCE(MD5(root__product_name), '') || ';' || COALESCE(MD5(root__product_line), '') || ';' || COALESCE(MD5(line__text_description), '') || ';' || COALESCE(MD5(root__product_scale), '') || ';' || COALESCE(MD5(root__product_vendor), '') || ';' || COALESCE(MD5(root__product_description), '') || ';' || COALESCE(CAST(root__buy_price AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(root__msrp AS VARCHAR) || '.', '')) AS tracked, last_op, at, since
  FROM states_1
), compared AS (
  SELECT states.*, LAG(tracked) OVER (PARTITION BY m__key ORDER BY since) AS before
  FROM states
), timed AS (
  SELECT m__key, product_code, product_name, product_line, product_line_description, product_scale, product_vendor, product_description, quantity_in_stock, buy_price, msrp, tracked, last_op, since, MAX(at) OVER (PARTITION BY m__key ORDER BY since ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS starts
  FROM compared
  WHERE before IS NULL OR before <> tracked
), placed AS (
  SELECT timed.*, ROW_NUMBER() OVER (PARTITION BY m__key, starts ORDER BY since DESC) AS place
  FROM timed
), settled AS (
  SELECT placed.*, LAG(tracked) OVER (PARTITION BY m__key ORDER BY since) AS before
  FROM placed
  WHERE place = 1
), versions AS (
  SELECT settled.*, ROW_NUMBER() OVER (PARTITION BY m__key ORDER BY since) AS nth, LEAD(starts) OVER (PARTITION BY m__key ORDER BY since) AS ends
  FROM settled
  WHERE before IS NULL OR before <> tracked
)
SELECT product_code,
  product_name,
  product_line,
  product_line_description,
  product_scale,
  product_vendor,
  product_description,
  quantity_in_stock,
  buy_price,
  msrp,
  CASE WHEN nth = 1 THEN CAST('0001-01-01' AS TIMESTAMP) ELSE starts END AS valid_from,
  COALESCE(ends, CAST('9999-12-31' AS TIMESTAMP)) AS valid_to,
  CASE WHEN ends IS NULL THEN TRUE ELSE FALSE END AS is_current,
  CASE WHEN ends IS NULL AND last_op = 'd' THEN TRUE ELSE FALSE END AS is_deleted,
  COALESCE(product_code || '.', '') AS member,
  tracked
FROM versions;

CREATE TEMP TABLE star_product_changed AS
SELECT member, MIN(CASE WHEN same_tracked = 1 THEN valid_from END) AS since
FROM (
  SELECT member, valid_from,
    COUNT(*) OVER (PARTITION BY member, valid_from, tracked) AS same_tracked,
    COUNT(*) OVER (PARTITION BY member, valid_from, whole) AS same
  FROM (
    SELECT d.member, d.valid_from, d.tracked, MD5(COALESCE(MD5(d.product_code), '') || ';' || COALESCE(MD5(d.product_name), '') || ';' || COALESCE(MD5(d.product_line), '') || ';' || COALESCE(MD5(d.product_line_description), '') || ';' || COALESCE(MD5(d.product_scale), '') || ';' || COALESCE(MD5(d.product_vendor), '') || ';' || COALESCE(MD5(d.product_description), '') || ';' || COALESCE(CAST(d.quantity_in_stock AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.buy_price AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.msrp AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.valid_to AS VARCHAR) || '.', '') || ';' || COALESCE(CASE WHEN d.is_current THEN 't' WHEN NOT d.is_current THEN 'f' END || '.', '') || ';' || COALESCE(CASE WHEN d.is_deleted THEN 't' WHEN NOT d.is_deleted THEN 'f' END || '.', '')) AS whole
    FROM star_product_rows d
    UNION ALL
    SELECT k.member, d.valid_from, MD5(COALESCE(MD5(d.product_code), '') || ';' || COALESCE(MD5(d.product_name), '') || ';' || COALESCE(MD5(d.product_line), '') || ';' || COALESCE(MD5(d.product_line_description), '') || ';' || COALESCE(MD5(d.product_scale), '') || ';' || COALESCE(MD5(d.product_vendor), '') || ';' || COALESCE(MD5(d.product_description), '') || ';' || COALESCE(CAST(d.buy_price AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.msrp AS VARCHAR) || '.', '')), MD5(COALESCE(MD5(d.product_code), '') || ';' || COALESCE(MD5(d.product_name), '') || ';' || COALESCE(MD5(d.product_line), '') || ';' || COALESCE(MD5(d.product_line_description), '') || ';' || COALESCE(MD5(d.product_scale), '') || ';' || COALESCE(MD5(d.product_vendor), '') || ';' || COALESCE(MD5(d.product_description), '') || ';' || COALESCE(CAST(d.quantity_in_stock AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.buy_price AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.msrp AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.valid_to AS VARCHAR) || '.', '') || ';' || COALESCE(CASE WHEN d.is_current THEN 't' WHEN NOT d.is_current THEN 'f' END || '.', '') || ';' || COALESCE(CASE WHEN d.is_deleted THEN 't' WHEN NOT d.is_deleted THEN 'f' END || '.', ''))
    FROM mart.dim_product d
    JOIN (SELECT DISTINCT COALESCE(k.product_code || '.', '') AS member FROM star_product_keys k) k ON COALESCE(d.product_code || '.', '') = k.member
  ) both_sides
) compared
WHERE same = 1
GROUP BY member;

CREATE TEMP TABLE star_product_keyed AS
SELECT
  CASE WHEN o.product_key IS NULL
    THEN s.last_key + ROW_NUMBER() OVER (PARTITION BY CASE WHEN o.product_key IS NULL THEN 1 ELSE 0 END ORDER BY n.member, n.valid_from)
    ELSE o.product_key END AS product_key,
  n.product_code, n.product_name, n.product_line, n.product_line_description, n.product_scale, n.product_vendor, n.product_description, n.quantity_in_stock, n.buy_price, n.msrp, n.valid_from, n.valid_to, n.is_current, n.is_deleted
FROM star_product_rows n
JOIN star_product_changed c ON c.member = n.member
LEFT JOIN mart.dim_product o ON COALESCE(o.product_code || '.', '') = n.member AND o.valid_from = n.valid_from
CROSS JOIN (SELECT last_key FROM ops.star WHERE dimension = 'product') s;

DELETE FROM mart.dim_product
USING star_product_changed c
WHERE COALESCE(dim_product.product_code || '.', '') = c.member;

INSERT INTO mart.dim_product (product_key, product_code, product_name, product_line, product_line_description, product_scale, product_vendor, product_description, quantity_in_stock, buy_price, msrp, valid_from, valid_to, is_current, is_deleted)
SELECT product_key, product_code, product_name, product_line, product_line_description, product_scale, product_vendor, product_description, quantity_in_stock, buy_price, msrp, valid_from, valid_to, is_current, is_deleted
FROM star_product_keyed;

UPDATE ops.star
SET last_key = k.highest
FROM (SELECT MAX(product_key) AS highest FROM star_product_keyed) k
WHERE dimension = 'product' AND k.highest > last_key;

INSERT INTO ops.star_moved (fact, dimension, member, since)
SELECT f.fact, 'product', c.member, c.since
FROM star_product_changed c
CROSS JOIN (SELECT 'sales' AS fact) f
WHERE c.since IS NOT NULL;

CREATE TEMP TABLE star_customer_keys AS
SELECT DISTINCT t.customer_number
FROM (SELECT * FROM ops.touched_classicmodels_customers WHERE batch IN ('0123456789abcdef0123456789abcdef')) t;

CREATE TEMP TABLE star_customer_rows AS
WITH root_read AS (
  SELECT h.customer_number, h.customer_name, h.contact_first_name, h.contact_last_name, h.phone, h.credit_limit, h.address_line1, h.address_line2, h.city, h.state, h.postal_code, h.country, h.sales_rep_employee_number, h._version, h._op, h._commit_at, h._captured_at,
    MIN(CASE WHEN h._op IN ('c', 'u') THEN h._commit_at END)
      OVER (PARTITION BY h.customer_number ORDER BY h._version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS contained_at
  FROM history.classicmodels_customers h
  JOIN star_customer_keys k ON h.customer_number = k.customer_number
), root_kept AS (
  SELECT customer_number, customer_name, contact_first_name, contact_last_name, phone, credit_limit, address_line1, address_line2, city, state, postal_code, country, sales_rep_employee_number, _version, _op,
    CASE WHEN _op = 'r' AND ROW_NUMBER() OVER (PARTITION BY customer_number ORDER BY _version) = 1 THEN CAST('0001-01-01' AS TIMESTAMP)
      ELSE COALESCE(_commit_at, _captured_at, CAST('0001-01-01' AS TIMESTAMP)) END AS at,
    FIRST_VALUE(_op) OVER (PARTITION BY customer_number ORDER BY _version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_op,
    LEAD(_version) OVER (PARTITION BY customer_number ORDER BY _version) AS next_version
  FROM root_read
  WHERE CASE WHEN _op = 'r' AND contained_at <= _captured_at THEN FALSE ELSE TRUE END
), root AS (
  SELECT customer_number, customer_name, contact_first_name, contact_last_name, phone, credit_limit, address_line1, address_line2, city, state, postal_code, country, sales_rep_employee_number, at, last_op, _version AS since, COALESCE(next_version, 'z') AS until
  FROM root_kept
  WHERE _op <> 'd'
), states_0 AS (
  SELECT customer_number AS m_customer_number, customer_number AS root__customer_number, customer_name AS root__customer_name, contact_first_name AS root__contact_first_name, contact_last_name AS root__contact_last_name, phone AS root__phone, credit_limit AS root__credit_limit, address_line1 AS root__address_line1, address_line2 AS root__address_line2, city AS root__city, state AS root__state, postal_code AS root__postal_code, country AS root__country, sales_rep_employee_number AS root__sales_rep_employee_number, last_op, at, since, until
  FROM root
), states AS (
  SELECT m_customer_number, root__customer_number AS customer_number, root__customer_name AS customer_name, root__contact_first_name AS contact_first_name, root__contact_last_name AS contact_last_name, root__phone AS phone, root__credit_limit AS credit_limit, root__address_line1 AS address_line1, root__address_line2 AS address_line2, root__city AS city, root__state AS state, root__postal_code AS postal_code, root__country AS country, root__sales_rep_employee_number AS sales_rep_employee_number,
    MD5(COALESCE(CAST(root__customer_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(root__customer_name), '') || ';' || COALESCE(MD5(root__contact_first_name), '') || ';' || COALESCE(MD5(root__contact_last_name), '') || ';' || COALESCE(MD5(root__phone), '') || ';' || COALESCE(CAST(root__credit_limit AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(root__address_line1), '') || ';' || COALESCE(MD5(root__address_line2), '') || ';' || COALESCE(MD5(root__city), '') || ';' || COALESCE(MD5(root__state), '') || ';' || COALESCE(MD5(root__postal_code), '') || ';' || COALESCE(MD5(root__country), '') || ';' || COALESCE(CAST(root__sales_rep_employee_number AS VARCHAR) || '.', '')) AS tracked, last_op, at, since
  FROM states_0
), compared AS (
  SELECT states.*, LAG(tracked) OVER (PARTITION BY m_customer_number ORDER BY since) AS before
  FROM states
), timed AS (
  SELECT m_customer_number, customer_number, customer_name, contact_first_name, contact_last_name, phone, credit_limit, address_line1, address_line2, city, state, postal_code, country, sales_rep_employee_number, tracked, last_op, since, MAX(at) OVER (PARTITION BY m_customer_number ORDER BY since ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS starts
  FROM compared
  WHERE before IS NULL OR before <> tracked
), placed AS (
  SELECT timed.*, ROW_NUMBER() OVER (PARTITION BY m_customer_number, starts ORDER BY since DESC) AS place
  FROM timed
), settled AS (
  SELECT placed.*, LAG(tracked) OVER (PARTITION BY m_customer_number ORDER BY since) AS before
  FROM placed
  WHERE place = 1
), versions AS (
  SELECT settled.*, ROW_NUMBER() OVER (PARTITION BY m_customer_number ORDER BY since) AS nth, LEAD(starts) OVER (PARTITION BY m_customer_number ORDER BY since) AS ends
  FROM settled
  WHERE before IS NULL OR before <> tracked
)
SELECT customer_number,
  customer_name,
  contact_first_name,
  contact_last_name,
  phone,
  credit_limit,
  address_line1,
  address_line2,
  city,
  state,
  postal_code,
  country,
  sales_rep_employee_number,
  CASE WHEN nth = 1 THEN CAST('0001-01-01' AS TIMESTAMP) ELSE starts END AS valid_from,
  COALESCE(ends, CAST('9999-12-31' AS TIMESTAMP)) AS valid_to,
  CASE WHEN ends IS NULL THEN TRUE ELSE FALSE END AS is_current,
  CASE WHEN ends IS NULL AND last_op = 'd' THEN TRUE ELSE FALSE END AS is_deleted,
  COALESCE(CAST(customer_number AS VARCHAR) || '.', '') AS member,
  tracked
FROM versions;

CREATE TEMP TABLE star_customer_changed AS
SELECT member, MIN(CASE WHEN same_tracked = 1 THEN valid_from END) AS since
FROM (
  SELECT member, valid_from,
    COUNT(*) OVER (PARTITION BY member, valid_from, tracked) AS same_tracked,
    COUNT(*) OVER (PARTITION BY member, valid_from, whole) AS same
  FROM (
    SELECT d.member, d.valid_from, d.tracked, MD5(COALESCE(CAST(d.customer_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.customer_name), '') || ';' || COALESCE(MD5(d.contact_first_name), '') || ';' || COALESCE(MD5(d.contact_last_name), '') || ';' || COALESCE(MD5(d.phone), '') || ';' || COALESCE(CAST(d.credit_limit AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.address_line1), '') || ';' || COALESCE(MD5(d.address_line2), '') || ';' || COALESCE(MD5(d.city), '') || ';' || COALESCE(MD5(d.state), '') || ';' || COALESCE(MD5(d.postal_code), '') || ';' || COALESCE(MD5(d.country), '') || ';' || COALESCE(CAST(d.sales_rep_employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.valid_to AS VARCHAR) || '.', '') || ';' || COALESCE(CASE WHEN d.is_current THEN 't' WHEN NOT d.is_current THEN 'f' END || '.', '') || ';' || COALESCE(CASE WHEN d.is_deleted THEN 't' WHEN NOT d.is_deleted THEN 'f' END || '.', '')) AS whole
    FROM star_customer_rows d
    UNION ALL
    SELECT k.member, d.valid_from, MD5(COALESCE(CAST(d.customer_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.customer_name), '') || ';' || COALESCE(MD5(d.contact_first_name), '') || ';' || COALESCE(MD5(d.contact_last_name), '') || ';' || COALESCE(MD5(d.phone), '') || ';' || COALESCE(CAST(d.credit_limit AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.address_line1), '') || ';' || COALESCE(MD5(d.address_line2), '') || ';' || COALESCE(MD5(d.city), '') || ';' || COALESCE(MD5(d.state), '') || ';' || COALESCE(MD5(d.postal_code), '') || ';' || COALESCE(MD5(d.country), '') || ';' || COALESCE(CAST(d.sales_rep_employee_number AS VARCHAR) || '.', '')), MD5(COALESCE(CAST(d.customer_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.customer_name), '') || ';' || COALESCE(MD5(d.contact_first_name), '') || ';' || COALESCE(MD5(d.contact_last_name), '') || ';' || COALESCE(MD5(d.phone), '') || ';' || COALESCE(CAST(d.credit_limit AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.address_line1), '') || ';' || COALESCE(MD5(d.address_line2), '') || ';' || COALESCE(MD5(d.city), '') || ';' || COALESCE(MD5(d.state), '') || ';' || COALESCE(MD5(d.postal_code), '') || ';' || COALESCE(MD5(d.country), '') || ';' || COALESCE(CAST(d.sales_rep_employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(CAST(d.valid_to AS VARCHAR) || '.', '') || ';' || COALESCE(CASE WHEN d.is_current THEN 't' WHEN NOT d.is_current THEN 'f' END || '.', '') || ';' || COALESCE(CASE WHEN d.is_deleted THEN 't' WHEN NOT d.is_deleted THEN 'f' END || '.', ''))
    FROM mart.dim_customer d
    JOIN (SELECT DISTINCT COALESCE(CAST(k.customer_number AS VARCHAR) || '.', '') AS member FROM star_customer_keys k) k ON COALESCE(CAST(d.customer_number AS VARCHAR) || '.', '') = k.member
  ) both_sides
) compared
WHERE same = 1
GROUP BY member;

CREATE TEMP TABLE star_customer_keyed AS
SELECT
  CASE WHEN o.customer_key IS NULL
    THEN s.last_key + ROW_NUMBER() OVER (PARTITION BY CASE WHEN o.customer_key IS NULL THEN 1 ELSE 0 END ORDER BY n.member, n.valid_from)
    ELSE o.customer_key END AS customer_key,
  n.customer_number, n.customer_name, n.contact_first_name, n.contact_last_name, n.phone, n.credit_limit, n.address_line1, n.address_line2, n.city, n.state, n.postal_code, n.country, n.sales_rep_employee_number, n.valid_from, n.valid_to, n.is_current, n.is_deleted
FROM star_customer_rows n
JOIN star_customer_changed c ON c.member = n.member
LEFT JOIN mart.dim_customer o ON COALESCE(CAST(o.customer_number AS VARCHAR) || '.', '') = n.member AND o.valid_from = n.valid_from
CROSS JOIN (SELECT last_key FROM ops.star WHERE dimension = 'customer') s;

DELETE FROM mart.dim_customer
USING star_customer_changed c
WHERE COALESCE(CAST(dim_customer.customer_number AS VARCHAR) || '.', '') = c.member;

INSERT INTO mart.dim_customer (customer_key, customer_number, customer_name, contact_first_name, contact_last_name, phone, credit_limit, address_line1, address_line2, city, state, postal_code, country, sales_rep_employee_number, valid_from, valid_to, is_current, is_deleted)
SELECT customer_key, customer_number, customer_name, contact_first_name, contact_last_name, phone, credit_limit, address_line1, address_line2, city, state, postal_code, country, sales_rep_employee_number, valid_from, valid_to, is_current, is_deleted
FROM star_customer_keyed;

UPDATE ops.star
SET last_key = k.highest
FROM (SELECT MAX(customer_key) AS highest FROM star_customer_keyed) k
WHERE dimension = 'customer' AND k.highest > last_key;

INSERT INTO ops.star_moved (fact, dimension, member, since)
SELECT f.fact, 'customer', c.member, c.since
FROM star_customer_changed c
CROSS JOIN (SELECT 'sales' AS fact UNION ALL SELECT 'order' AS fact UNION ALL SELECT 'payment' AS fact) f
WHERE c.since IS NOT NULL;

CREATE TEMP TABLE star_employee_keys AS
SELECT t.employee_number
FROM (SELECT * FROM ops.touched_classicmodels_employees WHERE batch IN ('0123456789abcdef0123456789abcdef')) t
UNION
SELECT r.employee_number
FROM history.classicmodels_employees r
JOIN (SELECT * FROM ops.touched_classicmodels_offices WHERE batch IN ('0123456789abcdef0123456789abcdef')) t ON t.office_code || '.' = r.office_code || '.'
UNION
SELECT r.employee_number
FROM history.classicmodels_employees r
JOIN (SELECT * FROM ops.touched_classicmodels_employees WHERE batch IN ('0123456789abcdef0123456789abcdef')) t ON t.employee_number = r.reports_to;

CREATE TEMP TABLE star_employee_rows AS
WITH root_read AS (
  SELECT h.employee_number, h.first_name, h.last_name, h.extension, h.email, h.job_title, h.office_code, h.reports_to, h._version, h._op, h._commit_at, h._captured_at,
    MIN(CASE WHEN h._op IN ('c', 'u') THEN h._commit_at END)
      OVER (PARTITION BY h.employee_number ORDER BY h._version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS contained_at
  FROM history.classicmodels_employees h
  JOIN star_employee_keys k ON h.employee_number = k.employee_number
), root_kept AS (
  SELECT employee_number, first_name, last_name, extension, email, job_title, office_code, reports_to, _version, _op,
    CASE WHEN _op = 'r' AND ROW_NUMBER() OVER (PARTITION BY employee_number ORDER BY _version) = 1 THEN CAST('0001-01-01' AS TIMESTAMP)
      ELSE COALESCE(_commit_at, _captured_at, CAST('0001-01-01' AS TIMESTAMP)) END AS at,
    FIRST_VALUE(_op) OVER (PARTITION BY employee_number ORDER BY _version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_op,
    LEAD(_version) OVER (PARTITION BY employee_number ORDER BY _version) AS next_version
  FROM root_read
  WHERE CASE WHEN _op = 'r' AND contained_at <= _captured_at THEN FALSE ELSE TRUE END
), root AS (
  SELECT employee_number, first_name, last_name, extension, email, job_title, office_code, reports_to, at, last_op, _version AS since, COALESCE(next_version, 'z') AS until
  FROM root_kept
  WHERE _op <> 'd'
), states_0 AS (
  SELECT employee_number AS m_employee_number, employee_number AS root__employee_number, first_name AS root__first_name, last_name AS root__last_name, extension AS root__extension, email AS root__email, job_title AS root__job_title, office_code AS root__office_code, reports_to AS root__reports_to, last_op, at, since, until
  FROM root
), j_office_read AS (
  SELECT h._key, h.office_code, h.city, h.state, h.postal_code, h.country, h.territory, h.phone, h._version, h._op, h._commit_at, h._captured_at,
    MIN(CASE WHEN h._op IN ('c', 'u') THEN h._commit_at END)
      OVER (PARTITION BY h._key ORDER BY h._version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS contained_at
  FROM history.classicmodels_offices h
  JOIN (SELECT DISTINCT root__office_code || '.' AS k0 FROM states_0) w ON h.office_code || '.' = w.k0
), j_office_kept AS (
  SELECT _key, office_code, city, state, postal_code, country, territory, phone, _version, _op,
    CASE WHEN _op = 'r' AND ROW_NUMBER() OVER (PARTITION BY _key ORDER BY _version) = 1 THEN CAST('0001-01-01' AS TIMESTAMP)
      ELSE COALESCE(_commit_at, _captured_at, CAST('0001-01-01' AS TIMESTAMP)) END AS at,
    FIRST_VALUE(_op) OVER (PARTITION BY _key ORDER BY _version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_op,
    LEAD(_version) OVER (PARTITION BY _key ORDER BY _version) AS next_version, ROW_NUMBER() OVER (PARTITION BY _key ORDER BY _version) AS nth
  FROM j_office_read
  WHERE CASE WHEN _op = 'r' AND contained_at <= _captured_at THEN FALSE ELSE TRUE END AND _op <> 'd'
), j_office AS (
  SELECT _key, office_code, city, state, postal_code, country, territory, phone, at, last_op, CASE WHEN nth = 1 THEN '' ELSE _version END AS since, COALESCE(next_version, 'z') AS until
  FROM j_office_kept
  WHERE _op <> 'd'
), states_1 AS (
  SELECT s.m_employee_number, s.root__employee_number, s.root__first_name, s.root__last_name, s.root__extension, s.root__email, s.root__job_title, s.root__office_code, s.root__reports_to, j.city AS office__city, j.state AS office__state, j.postal_code AS office__postal_code, j.country AS office__country, j.territory AS office__territory, j.phone AS office__phone,
    s.last_op, CASE WHEN j.since > s.since THEN j.at ELSE s.at END AS at, CASE WHEN j.since > s.since THEN j.since ELSE s.since END AS since,
    CASE WHEN j.until < s.until THEN j.until ELSE s.until END AS until
  FROM states_0 s
  LEFT JOIN j_office j ON j.office_code || '.' = s.root__office_code || '.' AND j.since < s.until AND s.since < j.until
), j_supervisor_read AS (
  SELECT h.employee_number, h.first_name, h.last_name, h._version, h._op, h._commit_at, h._captured_at,
    MIN(CASE WHEN h._op IN ('c', 'u') THEN h._commit_at END)
      OVER (PARTITION BY h.employee_number ORDER BY h._version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS contained_at
  FROM history.classicmodels_employees h
  JOIN (SELECT DISTINCT root__reports_to AS k0 FROM states_1) w ON h.employee_number = w.k0
), j_supervisor_kept AS (
  SELECT employee_number, first_name, last_name, _version, _op,
    CASE WHEN _op = 'r' AND ROW_NUMBER() OVER (PARTITION BY employee_number ORDER BY _version) = 1 THEN CAST('0001-01-01' AS TIMESTAMP)
      ELSE COALESCE(_commit_at, _captured_at, CAST('0001-01-01' AS TIMESTAMP)) END AS at,
    FIRST_VALUE(_op) OVER (PARTITION BY employee_number ORDER BY _version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_op,
    LEAD(_version) OVER (PARTITION BY employee_number ORDER BY _version) AS next_version, ROW_NUMBER() OVER (PARTITION BY employee_number ORDER BY _version) AS nth
  FROM j_supervisor_read
  WHERE CASE WHEN _op = 'r' AND contained_at <= _captured_at THEN FALSE ELSE TRUE END AND _op <> 'd'
), j_supervisor AS (
  SELECT employee_number, first_name, last_name, at, last_op, CASE WHEN nth = 1 THEN '' ELSE _version END AS since, COALESCE(next_version, 'z') AS until
  FROM j_supervisor_kept
  WHERE _op <> 'd'
), states_2 AS (
  SELECT s.m_employee_number, s.root__employee_number, s.root__first_name, s.root__last_name, s.root__extension, s.root__email, s.root__job_title, s.root__office_code, s.root__reports_to, s.office__city, s.office__state, s.office__postal_code, s.office__country, s.office__territory, s.office__phone, j.first_name AS supervisor__first_name, j.last_name AS supervisor__last_name,
    s.last_op, CASE WHEN j.since > s.since THEN j.at ELSE s.at END AS at, CASE WHEN j.since > s.since THEN j.since ELSE s.since END AS since,
    CASE WHEN j.until < s.until THEN j.until ELSE s.until END AS until
  FROM states_1 s
  LEFT JOIN j_supervisor j ON j.employee_number = s.root__reports_to AND j.since < s.until AND s.since < j.until
), states AS (
  SELECT m_employee_number, root__employee_number AS employee_number, root__first_name AS first_name, root__last_name AS last_name, root__extension AS extension, root__email AS email, root__job_title AS job_title, root__office_code AS office_code, office__city AS office_city, office__state AS office_state, office__postal_code AS office_postal_code, office__country AS office_country, office__territory AS office_territory, office__phone AS office_phone, root__reports_to AS supervisor_employee_number, supervisor__first_name AS supervisor_first_name, supervisor__last_name AS supervisor_last_name,
    MD5(COALESCE(CAST(root__employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(root__first_name), '') || ';' || COALESCE(MD5(root__last_name), '') || ';' || COALESCE(MD5(root__extension), '') || ';' || COALESCE(MD5(root__email), '') || ';' || COALESCE(MD5(root__job_title), '') || ';' || COALESCE(MD5(root__office_code), '') || ';' || COALESCE(MD5(office__city), '') || ';' || COALESCE(MD5(office__state), '') || ';' || COALESCE(MD5(office__postal_code), '') || ';' || COALESCE(MD5(office__country), '') || ';' || COALESCE(MD5(office__territory), '') || ';' || COALESCE(MD5(office__phone), '') || ';' || COALESCE(CAST(root__reports_to AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(supervisor__first_name), '') || ';' || COALESCE(MD5(supervisor__last_name), '')) AS tracked, last_op, at, since
  FROM states_2
), compared AS (
  SELECT states.*, LAG(tracked) OVER (PARTITION BY m_employee_number ORDER BY since) AS before
  FROM states
), timed AS (
  SELECT m_employee_number, employee_number, first_name, last_name, extension, email, job_title, office_code, office_city, office_state, office_postal_code, office_country, office_territory, office_phone, supervisor_employee_number, supervisor_first_name, supervisor_last_name, tracked, last_op, since, MAX(at) OVER (PARTITION BY m_employee_number ORDER BY since ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS starts
  FROM compared
  WHERE before IS NULL OR before <> tracked
), placed AS (
  SELECT timed.*, ROW_NUMBER() OVER (PARTITION BY m_employee_number, starts ORDER BY since DESC) AS place
  FROM timed
), settled AS (
  SELECT placed.*, LAG(tracked) OVER (PARTITION BY m_employee_number ORDER BY since) AS before
  FROM placed
  WHERE place = 1
), versions AS (
  SELECT settled.*, ROW_NUMBER() OVER (PARTITION BY m_employee_number ORDER BY since) AS nth, LEAD(starts) OVER (PARTITION BY m_employee_number ORDER BY since) AS ends
  FROM settled
  WHERE before IS NULL OR before <> tracked
)
SELECT employee_number,
  first_name,
  last_name,
  extension,
  email,
  job_title,
  office_code,
  office_city,
  office_state,
  office_postal_code,
  office_country,
  office_territory,
  office_phone,
  supervisor_employee_number,
  supervisor_first_name,
  supervisor_last_name,
  CASE WHEN nth = 1 THEN CAST('0001-01-01' AS TIMESTAMP) ELSE starts END AS valid_from,
  COALESCE(ends, CAST('9999-12-31' AS TIMESTAMP)) AS valid_to,
  CASE WHEN ends IS NULL THEN TRUE ELSE FALSE END AS is_current,
  CASE WHEN ends IS NULL AND last_op = 'd' THEN TRUE ELSE FALSE END AS is_deleted,
  COALESCE(CAST(employee_number AS VARCHAR) || '.', '') AS member,
  tracked
FROM versions;

CREATE TEMP TABLE star_employee_changed AS
SELECT member, MIN(CASE WHEN same_tracked = 1 THEN valid_from END) AS since
FROM (
  SELECT member, valid_from,
    COUNT(*) OVER (PARTITION BY member, valid_from, tracked) AS same_tracked,
    COUNT(*) OVER (PARTITION BY member, valid_from, whole) AS same
  FROM (
    SELECT d.member, d.valid_from, d.tracked, MD5(COALESCE(CAST(d.employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.first_name), '') || ';' || COALESCE(MD5(d.last_name), '') || ';' || COALESCE(MD5(d.extension), '') || ';' || COALESCE(MD5(d.email), '') || ';' || COALESCE(MD5(d.job_title), '') || ';' || COALESCE(MD5(d.office_code), '') || ';' || COALESCE(MD5(d.office_city), '') || ';' || COALESCE(MD5(d.office_state), '') || ';' || COALESCE(MD5(d.office_postal_code), '') || ';' || COALESCE(MD5(d.office_country), '') || ';' || COALESCE(MD5(d.office_territory), '') || ';' || COALESCE(MD5(d.office_phone), '') || ';' || COALESCE(CAST(d.supervisor_employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.supervisor_first_name), '') || ';' || COALESCE(MD5(d.supervisor_last_name), '') || ';' || COALESCE(CAST(d.valid_to AS VARCHAR) || '.', '') || ';' || COALESCE(CASE WHEN d.is_current THEN 't' WHEN NOT d.is_current THEN 'f' END || '.', '') || ';' || COALESCE(CASE WHEN d.is_deleted THEN 't' WHEN NOT d.is_deleted THEN 'f' END || '.', '')) AS whole
    FROM star_employee_rows d
    UNION ALL
    SELECT k.member, d.valid_from, MD5(COALESCE(CAST(d.employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.first_name), '') || ';' || COALESCE(MD5(d.last_name), '') || ';' || COALESCE(MD5(d.extension), '') || ';' || COALESCE(MD5(d.email), '') || ';' || COALESCE(MD5(d.job_title), '') || ';' || COALESCE(MD5(d.office_code), '') || ';' || COALESCE(MD5(d.office_city), '') || ';' || COALESCE(MD5(d.office_state), '') || ';' || COALESCE(MD5(d.office_postal_code), '') || ';' || COALESCE(MD5(d.office_country), '') || ';' || COALESCE(MD5(d.office_territory), '') || ';' || COALESCE(MD5(d.office_phone), '') || ';' || COALESCE(CAST(d.supervisor_employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.supervisor_first_name), '') || ';' || COALESCE(MD5(d.supervisor_last_name), '')), MD5(COALESCE(CAST(d.employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.first_name), '') || ';' || COALESCE(MD5(d.last_name), '') || ';' || COALESCE(MD5(d.extension), '') || ';' || COALESCE(MD5(d.email), '') || ';' || COALESCE(MD5(d.job_title), '') || ';' || COALESCE(MD5(d.office_code), '') || ';' || COALESCE(MD5(d.office_city), '') || ';' || COALESCE(MD5(d.office_state), '') || ';' || COALESCE(MD5(d.office_postal_code), '') || ';' || COALESCE(MD5(d.office_country), '') || ';' || COALESCE(MD5(d.office_territory), '') || ';' || COALESCE(MD5(d.office_phone), '') || ';' || COALESCE(CAST(d.supervisor_employee_number AS VARCHAR) || '.', '') || ';' || COALESCE(MD5(d.supervisor_first_name), '') || ';' || COALESCE(MD5(d.supervisor_last_name), '') || ';' || COALESCE(CAST(d.valid_to AS VARCHAR) || '.', '') || ';' || COALESCE(CASE WHEN d.is_current THEN 't' WHEN NOT d.is_current THEN 'f' END || '.', '') || ';' || COALESCE(CASE WHEN d.is_deleted THEN 't' WHEN NOT d.is_deleted THEN 'f' END || '.', ''))
    FROM mart.dim_employee d
    JOIN (SELECT DISTINCT COALESCE(CAST(k.employee_number AS VARCHAR) || '.', '') AS member FROM star_employee_keys k) k ON COALESCE(CAST(d.employee_number AS VARCHAR) || '.', '') = k.member
  ) both_sides
) compared
WHERE same = 1
GROUP BY member;

CREATE TEMP TABLE star_employee_keyed AS
SELECT
  CASE WHEN o.employee_key IS NULL
    THEN s.last_key + ROW_NUMBER() OVER (PARTITION BY CASE WHEN o.employee_key IS NULL THEN 1 ELSE 0 END ORDER BY n.member, n.valid_from)
    ELSE o.employee_key END AS employee_key,
  n.employee_number, n.first_name, n.last_name, n.extension, n.email, n.job_title, n.office_code, n.office_city, n.office_state, n.office_postal_code, n.office_country, n.office_territory, n.office_phone, n.supervisor_employee_number, n.supervisor_first_name, n.supervisor_last_name, n.valid_from, n.valid_to, n.is_current, n.is_deleted
FROM star_employee_rows n
JOIN star_employee_changed c ON c.member = n.member
LEFT JOIN mart.dim_employee o ON COALESCE(CAST(o.employee_number AS VARCHAR) || '.', '') = n.member AND o.valid_from = n.valid_from
CROSS JOIN (SELECT last_key FROM ops.star WHERE dimension = 'employee') s;

DELETE FROM mart.dim_employee
USING star_employee_changed c
WHERE COALESCE(CAST(dim_employee.employee_number AS VARCHAR) || '.', '') = c.member;

INSERT INTO mart.dim_employee (employee_key, employee_number, first_name, last_name, extension, email, job_title, office_code, office_city, office_state, office_postal_code, office_country, office_territory, office_phone, supervisor_employee_number, supervisor_first_name, supervisor_last_name, valid_from, valid_to, is_current, is_deleted)
SELECT employee_key, employee_number, first_name, last_name, extension, email, job_title, office_code, office_city, office_state, office_postal_code, office_country, office_territory, office_phone, supervisor_employee_number, supervisor_first_name, supervisor_last_name, valid_from, valid_to, is_current, is_deleted
FROM star_employee_keyed;

UPDATE ops.star
SET last_key = k.highest
FROM (SELECT MAX(employee_key) AS highest FROM star_employee_keyed) k
WHERE dimension = 'employee' AND k.highest > last_key;

INSERT INTO ops.star_moved (fact, dimension, member, since)
SELECT f.fact, 'employee', c.member, c.since
FROM star_employee_changed c
CROSS JOIN (SELECT 'sales' AS fact UNION ALL SELECT 'order' AS fact UNION ALL SELECT 'payment' AS fact) f
WHERE c.since IS NOT NULL;

INSERT INTO mart.dim_location (location_key, city, state, postal_code, country)
SELECT s.last_key + ROW_NUMBER() OVER (ORDER BY n.city, n.state, n.postal_code, n.country), n.city, n.state, n.postal_code, n.country
FROM (
  SELECT h.city, h.state, h.postal_code, h.country, ROW_NUMBER() OVER (PARTITION BY COALESCE(MD5(h.city), '') || ';' || COALESCE(MD5(h.state), '') || ';' || COALESCE(MD5(h.postal_code), '') || ';' || COALESCE(MD5(h.country), '') ORDER BY h._version) AS nth
  FROM history.classicmodels_customers h
  JOIN (SELECT DISTINCT t.customer_number
FROM (SELECT * FROM ops.touched_classicmodels_customers WHERE batch IN ('0123456789abcdef0123456789abcdef')) t) k ON h.customer_number = k.customer_number
  WHERE h._op <> 'd' AND (h.city IS NOT NULL OR h.state IS NOT NULL OR h.postal_code IS NOT NULL OR h.country IS NOT NULL)
) n
LEFT JOIN mart.dim_location o ON COALESCE(o.city || '.', '') = COALESCE(n.city || '.', '') AND COALESCE(o.state || '.', '') = COALESCE(n.state || '.', '') AND COALESCE(o.postal_code || '.', '') = COALESCE(n.postal_code || '.', '') AND COALESCE(o.country || '.', '') = COALESCE(n.country || '.', '')
CROSS JOIN (SELECT last_key FROM ops.star WHERE dimension = 'location') s
WHERE n.nth = 1 AND o.location_key IS NULL;

UPDATE ops.star
SET last_key = k.highest
FROM (SELECT MAX(location_key) AS highest FROM mart.dim_location) k
WHERE dimension = 'location' AND k.highest > last_key;

CREATE TEMP TABLE star_fact_sales_keys AS
SELECT t.order_number, t._key, t.product_code
FROM (SELECT * FROM ops.touched_classicmodels_orderdetails WHERE batch IN ('0123456789abcdef0123456789abcdef')) t
UNION
SELECT r.order_number, r._key, r.product_code
FROM mirror.classicmodels_orderdetails r
JOIN (SELECT * FROM ops.touched_classicmodels_orders WHERE batch IN ('0123456789abcdef0123456789abcdef')) t ON t.order_number = r.order_number
UNION
SELECT r.order_number, r._key, r.product_code
FROM mirror.classicmodels_orderdetails r
LEFT JOIN mirror.classicmodels_orders j_order ON j_order.order_number = r.order_number AND NOT j_order._deleted
JOIN ops.star_moved m ON m.member = COALESCE(r.product_code || '.', '') AND m.since < COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP))
WHERE m.fact = 'sales' AND m.dimension = 'product'
UNION
SELECT r.order_number, r._key, r.product_code
FROM mirror.classicmodels_orderdetails r
LEFT JOIN mirror.classicmodels_orders j_order ON j_order.order_number = r.order_number AND NOT j_order._deleted
JOIN ops.star_moved m ON m.member = COALESCE(CAST(j_order.customer_number AS VARCHAR) || '.', '') AND m.since < COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP))
WHERE m.fact = 'sales' AND m.dimension = 'customer'
UNION
SELECT r.order_number, r._key, r.product_code
FROM mirror.classicmodels_orderdetails r
LEFT JOIN mirror.classicmodels_orders j_order ON j_order.order_number = r.order_number AND NOT j_order._deleted
LEFT JOIN mart.dim_customer d_customer_key ON d_customer_key.customer_number = j_order.customer_number AND d_customer_key.valid_from < COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_customer_key.valid_to OR d_customer_key.is_current)
JOIN ops.star_moved m ON m.member = COALESCE(CAST(d_customer_key.sales_rep_employee_number AS VARCHAR) || '.', '') AND m.since < COALESCE(CAST(j_order.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP))
WHERE m.fact = 'sales' AND m.dimension = 'employee';

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

DELETE FROM ops.star_moved
WHERE fact = 'sales' AND dimension IN ('product', 'customer', 'employee');

CREATE TEMP TABLE star_fact_order_keys AS
SELECT t.order_number
FROM (SELECT * FROM ops.touched_classicmodels_orders WHERE batch IN ('0123456789abcdef0123456789abcdef')) t
UNION
SELECT r.order_number
FROM (SELECT * FROM ops.touched_classicmodels_orderdetails WHERE batch IN ('0123456789abcdef0123456789abcdef')) t
JOIN mirror.classicmodels_orders r ON r.order_number = t.order_number
UNION
SELECT r.order_number
FROM mirror.classicmodels_orders r
JOIN ops.star_moved m ON m.member = COALESCE(CAST(r.customer_number AS VARCHAR) || '.', '') AND m.since < COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP))
WHERE m.fact = 'order' AND m.dimension = 'customer'
UNION
SELECT r.order_number
FROM mirror.classicmodels_orders r
LEFT JOIN mart.dim_customer d_customer_key ON d_customer_key.customer_number = r.customer_number AND d_customer_key.valid_from < COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_customer_key.valid_to OR d_customer_key.is_current)
JOIN ops.star_moved m ON m.member = COALESCE(CAST(d_customer_key.sales_rep_employee_number AS VARCHAR) || '.', '') AND m.since < COALESCE(CAST(r.order_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP))
WHERE m.fact = 'order' AND m.dimension = 'employee';

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

DELETE FROM ops.star_moved
WHERE fact = 'order' AND dimension IN ('customer', 'employee');

CREATE TEMP TABLE star_fact_payment_keys AS
SELECT t.customer_number, t._key, t.check_number
FROM (SELECT * FROM ops.touched_classicmodels_payments WHERE batch IN ('0123456789abcdef0123456789abcdef')) t
UNION
SELECT r.customer_number, r._key, r.check_number
FROM mirror.classicmodels_payments r
JOIN ops.star_moved m ON m.member = COALESCE(CAST(r.customer_number AS VARCHAR) || '.', '') AND m.since < COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP))
WHERE m.fact = 'payment' AND m.dimension = 'customer'
UNION
SELECT r.customer_number, r._key, r.check_number
FROM mirror.classicmodels_payments r
LEFT JOIN mart.dim_customer d_customer_key ON d_customer_key.customer_number = r.customer_number AND d_customer_key.valid_from < COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_customer_key.valid_to OR d_customer_key.is_current)
JOIN ops.star_moved m ON m.member = COALESCE(CAST(d_customer_key.sales_rep_employee_number AS VARCHAR) || '.', '') AND m.since < COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP))
WHERE m.fact = 'payment' AND m.dimension = 'employee';

DELETE FROM mart.fact_payment
USING star_fact_payment_keys k
WHERE fact_payment.customer_number = k.customer_number AND fact_payment.check_number || '.' = k.check_number || '.';

INSERT INTO mart.fact_payment (customer_key, employee_key, location_key, payment_date_key, customer_number, check_number, amount)
SELECT
  COALESCE(d_customer_key.customer_key, -1),
  COALESCE(d_employee_key.employee_key, -1),
  COALESCE(d_location_key.location_key, -1),
  CASE WHEN CAST(r.payment_date AS DATE) BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2199-12-31' AS DATE) THEN CAST(TO_CHAR(CAST(r.payment_date AS DATE), 'YYYYMMDD') AS INTEGER) ELSE -1 END,
  r.customer_number,
  r.check_number,
  r.amount
FROM star_fact_payment_keys k
JOIN mirror.classicmodels_payments r ON r.customer_number = k.customer_number AND r._key = k._key AND NOT r._deleted
LEFT JOIN mart.dim_customer d_customer_key ON d_customer_key.customer_number = r.customer_number AND d_customer_key.valid_from < COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_customer_key.valid_to OR d_customer_key.is_current)
LEFT JOIN mart.dim_employee d_employee_key ON d_employee_key.employee_number = d_customer_key.sales_rep_employee_number AND d_employee_key.valid_from < COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) AND (COALESCE(CAST(r.payment_date AS TIMESTAMP) + INTERVAL '1 day', CAST('9999-12-31' AS TIMESTAMP)) <= d_employee_key.valid_to OR d_employee_key.is_current)
LEFT JOIN mart.dim_location d_location_key ON COALESCE(d_location_key.city || '.', '') = COALESCE(d_customer_key.city || '.', '') AND COALESCE(d_location_key.state || '.', '') = COALESCE(d_customer_key.state || '.', '') AND COALESCE(d_location_key.postal_code || '.', '') = COALESCE(d_customer_key.postal_code || '.', '') AND COALESCE(d_location_key.country || '.', '') = COALESCE(d_customer_key.country || '.', '');

DELETE FROM ops.star_moved
WHERE fact = 'payment' AND dimension IN ('customer', 'employee');

COMMIT;
