LOCK ops.ledger_classicmodels_productlines;

SELECT CAST(CASE WHEN COUNT(*) = 0 THEN '0' ELSE 'millrace: the ledger of classicmodels_productlines has moved since the load was planned' END AS INTEGER) AS asserted
FROM (SELECT "partition" AS place, MAX(last_offset) + 1 AS next_offset FROM ops.ledger_classicmodels_productlines GROUP BY "partition") AS reached
WHERE (place = 0 AND next_offset <> 0) OR (place = 1 AND next_offset <> 1200);

CREATE TEMP TABLE load_stage (
  _version VARCHAR(44),
  _op VARCHAR(1),
  _commit_at TIMESTAMP,
  _captured_at TIMESTAMP,
  _partition INTEGER,
  _offset BIGINT,
  _key VARCHAR(400),
  product_line VARCHAR(200),
  text_description VARCHAR(16000),
  html_description VARCHAR(65535),
  image VARBYTE(16777215),
  _raw SUPER,
  _unmapped SUPER,
  _floor VARCHAR(256),
  _row BIGINT IDENTITY(0, 1)
)
DISTSTYLE EVEN;

COPY load_stage (_version, _op, _commit_at, _captured_at, _partition, _offset, _key, product_line, text_description, html_description, image, _raw, _unmapped, _floor)
FROM 's3://landing/manifests/classicmodels_orders/0123456789abcdef.json'
IAM_ROLE 'arn:aws:iam::000000000000:role/copy'
MANIFEST CSV GZIP
NULL AS '@NULL@'
DATEFORMAT 'auto' TIMEFORMAT 'auto'
COMPUPDATE OFF STATUPDATE OFF;

SELECT CAST(CASE WHEN COUNT(*) + 1 = 301 THEN '0' ELSE 'millrace: rows loaded and quarantined do not add up to the 301 rows of the files' END AS INTEGER) AS asserted
FROM load_stage;

UPDATE load_stage
SET image = CASE WHEN JSON_SIZE(_raw.image) = 2 THEN FROM_HEX('') ELSE image END
WHERE JSON_SIZE(_raw.image) = 2;

CREATE TEMP TABLE load_repeated AS
SELECT _key
FROM load_stage
WHERE _op <> 't'
GROUP BY _key
HAVING COUNT(*) > 1;

CREATE TEMP TABLE load_rank AS
SELECT s._row,
  ROW_NUMBER() OVER (PARTITION BY s._key, s._version ORDER BY s._partition, s._offset, s._row) AS copy,
  ROW_NUMBER() OVER (PARTITION BY s._key ORDER BY s._version DESC, s._partition, s._offset, s._row) AS age
FROM load_stage s
JOIN load_repeated k ON k._key = s._key
WHERE s._op <> 't';

CREATE TEMP TABLE load_known AS
SELECT _row FROM load_rank WHERE copy > 1
UNION ALL
SELECT s._row
FROM load_stage s
JOIN history.classicmodels_productlines h ON h._key = s._key AND h._version = s._version
WHERE s._op <> 't' AND h._version >= (SELECT MIN(_version) FROM load_stage);

INSERT INTO history.classicmodels_productlines (_key, product_line, text_description, html_description, image, _version, _op, _commit_at, _captured_at, _partition, _offset, _raw, _unmapped, _batch)
SELECT s._key, s.product_line, s.text_description, s.html_description, s.image, s._version, s._op, s._commit_at, s._captured_at, s._partition, s._offset, s._raw, s._unmapped, '0123456789abcdef0123456789abcdef'
FROM load_stage s
LEFT JOIN load_known k ON k._row = s._row
WHERE s._op <> 't' AND k._row IS NULL;

INSERT INTO ops.floors_classicmodels_productlines (batch, id, kind, version, "partition", "offset", commit_at, captured_at)
SELECT DISTINCT '0123456789abcdef0123456789abcdef', SPLIT_PART(s._floor, ' ', 2), SPLIT_PART(s._floor, ' ', 1), s._version, s._partition, s._offset, s._commit_at, s._captured_at
FROM load_stage s
LEFT JOIN ops.floors_classicmodels_productlines f ON f."partition" = s._partition AND f."offset" = s._offset
WHERE s._op = 't' AND f.id IS NULL;

CREATE TEMP TABLE load_floor AS
SELECT f.version, f.commit_at, f.captured_at, f."partition", f."offset",
  (SELECT COUNT(*) FROM ops.floors_classicmodels_productlines WHERE batch = '0123456789abcdef0123456789abcdef') AS fresh
FROM ops.floors_classicmodels_productlines f
JOIN (SELECT id, COUNT(DISTINCT "partition") AS partitions FROM ops.floors_classicmodels_productlines GROUP BY id) seen ON seen.id = f.id
WHERE f.kind = 'truncate' OR seen.partitions >= 4
ORDER BY f.version DESC, f."partition"
LIMIT 1;

CREATE TEMP TABLE load_fallen AS
SELECT r._key, r.product_line
FROM mirror.classicmodels_productlines r
CROSS JOIN load_floor f
LEFT JOIN load_stage s ON s._key = r._key AND s._version = f.version
WHERE (SELECT MAX(fresh) FROM load_floor) > 0 AND NOT r._deleted AND r._version < f.version AND s._version IS NULL;

INSERT INTO history.classicmodels_productlines (_key, product_line, text_description, html_description, image, _raw, _unmapped, _version, _op, _commit_at, _captured_at, _partition, _offset, _batch)
SELECT r._key, r.product_line, r.text_description, r.html_description, r.image, r._raw, r._unmapped, f.version, 'd', f.commit_at, f.captured_at, f."partition", f."offset", '0123456789abcdef0123456789abcdef'
FROM mirror.classicmodels_productlines r
JOIN load_fallen k ON k._key = r._key
CROSS JOIN load_floor f;

INSERT INTO ops.touched_classicmodels_productlines (_key, product_line, batch)
SELECT _key, product_line, '0123456789abcdef0123456789abcdef'
FROM load_fallen;

UPDATE mirror.classicmodels_productlines
SET _deleted = TRUE, _version = f.version, _commit_at = f.commit_at, _batch = '0123456789abcdef0123456789abcdef'
FROM load_fallen k
CROSS JOIN load_floor f
WHERE k._key = mirror.classicmodels_productlines._key;

DELETE FROM load_stage WHERE _op = 't';

DELETE FROM load_stage
USING load_rank r
WHERE r._row = load_stage._row AND r.age > 1;

INSERT INTO ops.touched_classicmodels_productlines (_key, product_line, batch)
SELECT _key, product_line, '0123456789abcdef0123456789abcdef'
FROM load_stage;

DELETE FROM load_stage
USING mirror.classicmodels_productlines m
WHERE m._key = load_stage._key AND m._version >= load_stage._version;

INSERT INTO history.classicmodels_productlines (_key, product_line, text_description, html_description, image, _raw, _unmapped, _version, _op, _commit_at, _captured_at, _partition, _offset, _batch)
SELECT r._key, r.product_line, r.text_description, r.html_description, r.image, r._raw, r._unmapped, f.version, 'd', f.commit_at, f.captured_at, f."partition", f."offset", '0123456789abcdef0123456789abcdef'
FROM load_stage r
CROSS JOIN load_floor f
WHERE (SELECT COUNT(*) FROM load_floor) > 0 AND r._op <> 'd' AND r._version < f.version;

UPDATE load_stage
SET _op = 'd', _version = f.version, _commit_at = f.commit_at
FROM load_floor f
WHERE (SELECT COUNT(*) FROM load_floor) > 0 AND load_stage._op <> 'd' AND load_stage._version < f.version;

MERGE INTO mirror.classicmodels_productlines
USING load_stage s
ON mirror.classicmodels_productlines._key = s._key
WHEN MATCHED THEN UPDATE SET _key = s._key, product_line = s.product_line, text_description = s.text_description, html_description = s.html_description, image = s.image, _version = s._version, _deleted = (s._op = 'd'), _commit_at = s._commit_at, _raw = s._raw, _unmapped = s._unmapped, _batch = '0123456789abcdef0123456789abcdef'
WHEN NOT MATCHED THEN INSERT (_key, product_line, text_description, html_description, image, _version, _deleted, _commit_at, _raw, _unmapped, _batch)
VALUES (s._key, s.product_line, s.text_description, s.html_description, s.image, s._version, (s._op = 'd'), s._commit_at, s._raw, s._unmapped, '0123456789abcdef0123456789abcdef');

INSERT INTO ops.ledger_classicmodels_productlines (batch, definition, topic, "partition", first_offset, last_offset, rows, quarantined, loaded_at)
VALUES ('0123456789abcdef0123456789abcdef', '676edd64396d7914', 'classicmodels_productlines', 0, 0, 99, 100, 0, SYSDATE),
  ('0123456789abcdef0123456789abcdef', '676edd64396d7914', 'classicmodels_productlines', 1, 1200, 1400, 200, 1, SYSDATE);

INSERT INTO ops.batch (batch, table_name, rows, quarantined, loaded_at)
VALUES ('0123456789abcdef0123456789abcdef', 'classicmodels_productlines', 300, 1, SYSDATE);
