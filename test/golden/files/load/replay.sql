LOCK ops.ledger_lab_tags;

SELECT CAST(CASE WHEN COUNT(*) = 2 THEN '0' ELSE 'millrace: the ledger of lab_tags is not past the files to be replayed' END AS INTEGER) AS asserted
FROM (SELECT "partition" AS place, MAX(last_offset) + 1 AS next_offset FROM ops.ledger_lab_tags GROUP BY "partition") AS reached
WHERE (place = 0 AND next_offset > 99) OR (place = 1 AND next_offset > 1400);

CREATE TEMP TABLE load_stage (
  _version VARCHAR(44),
  _op VARCHAR(1),
  _commit_at TIMESTAMP,
  _captured_at TIMESTAMP,
  _partition INTEGER,
  _offset BIGINT,
  _key VARCHAR(289),
  order_id INTEGER,
  "tag" VARCHAR(80),
  note VARCHAR(80),
  _raw SUPER,
  _unmapped SUPER,
  _floor VARCHAR(256),
  _row BIGINT IDENTITY(0, 1)
)
DISTSTYLE KEY DISTKEY (order_id);

COPY load_stage (_version, _op, _commit_at, _captured_at, _partition, _offset, _key, order_id, "tag", note, _raw, _unmapped, _floor)
FROM 's3://landing/manifests/classicmodels_orders/0123456789abcdef.json'
IAM_ROLE 'arn:aws:iam::000000000000:role/copy'
MANIFEST CSV GZIP
NULL AS '@NULL@'
DATEFORMAT 'auto' TIMEFORMAT 'auto'
COMPUPDATE OFF STATUPDATE OFF;

SELECT CAST(CASE WHEN COUNT(*) + 0 = 300 THEN '0' ELSE 'millrace: rows loaded and quarantined do not add up to the 300 rows of the files' END AS INTEGER) AS asserted
FROM load_stage;

DELETE FROM history.lab_tags
USING load_stage s
WHERE s.order_id = history.lab_tags.order_id AND s._key = history.lab_tags._key AND history.lab_tags._version = s._version AND history.lab_tags._op = 'd' AND s._op = 'r';

CREATE TEMP TABLE load_repeated AS
SELECT order_id, _key
FROM load_stage
WHERE _op <> 't'
GROUP BY order_id, _key
HAVING COUNT(*) > 1;

CREATE TEMP TABLE load_rank AS
SELECT s._row,
  ROW_NUMBER() OVER (PARTITION BY s.order_id, s._key, s._version ORDER BY s._partition, s._offset, s._row) AS copy,
  ROW_NUMBER() OVER (PARTITION BY s.order_id, s._key ORDER BY s._version DESC, s._partition, s._offset, s._row) AS age
FROM load_stage s
JOIN load_repeated k ON k.order_id = s.order_id AND k._key = s._key
WHERE s._op <> 't';

CREATE TEMP TABLE load_known AS
SELECT _row FROM load_rank WHERE copy > 1
UNION ALL
SELECT s._row
FROM load_stage s
JOIN history.lab_tags h ON h.order_id = s.order_id AND h._key = s._key AND h._version = s._version
WHERE s._op <> 't' AND h._version >= (SELECT MIN(_version) FROM load_stage);

INSERT INTO history.lab_tags (_key, order_id, "tag", note, _version, _op, _commit_at, _captured_at, _partition, _offset, _raw, _unmapped, _batch)
SELECT s._key, s.order_id, s."tag", s.note, s._version, s._op, s._commit_at, s._captured_at, s._partition, s._offset, s._raw, s._unmapped, '0123456789abcdef0123456789abcdef'
FROM load_stage s
LEFT JOIN load_known k ON k._row = s._row
WHERE s._op <> 't' AND k._row IS NULL;

INSERT INTO ops.floors_lab_tags (batch, id, kind, version, "partition", "offset", commit_at, captured_at)
SELECT DISTINCT '0123456789abcdef0123456789abcdef', SPLIT_PART(s._floor, ' ', 2), SPLIT_PART(s._floor, ' ', 1), s._version, s._partition, s._offset, s._commit_at, s._captured_at
FROM load_stage s
LEFT JOIN ops.floors_lab_tags f ON f."partition" = s._partition AND f."offset" = s._offset
WHERE s._op = 't' AND f.id IS NULL;

CREATE TEMP TABLE load_floor AS
SELECT f.version, f.commit_at, f.captured_at, f."partition", f."offset",
  (SELECT COUNT(*) FROM ops.floors_lab_tags WHERE batch = '0123456789abcdef0123456789abcdef') AS fresh
FROM ops.floors_lab_tags f
JOIN (SELECT id, COUNT(DISTINCT "partition") AS partitions FROM ops.floors_lab_tags GROUP BY id) seen ON seen.id = f.id
WHERE f.kind = 'truncate' OR seen.partitions >= 1
ORDER BY f.version DESC, f."partition"
LIMIT 1;

CREATE TEMP TABLE load_fallen AS
SELECT r._key, r.order_id, r."tag"
FROM mirror.lab_tags r
CROSS JOIN load_floor f
LEFT JOIN load_stage s ON s.order_id = r.order_id AND s._key = r._key AND s._version = f.version
WHERE (SELECT MAX(fresh) FROM load_floor) > 0 AND NOT r._deleted AND r._version < f.version AND s._version IS NULL;

INSERT INTO history.lab_tags (_key, order_id, "tag", note, _raw, _unmapped, _version, _op, _commit_at, _captured_at, _partition, _offset, _batch)
SELECT r._key, r.order_id, r."tag", r.note, r._raw, r._unmapped, f.version, 'd', f.commit_at, f.captured_at, f."partition", f."offset", '0123456789abcdef0123456789abcdef'
FROM mirror.lab_tags r
JOIN load_fallen k ON k.order_id = r.order_id AND k._key = r._key
CROSS JOIN load_floor f;

INSERT INTO ops.touched_lab_tags (_key, order_id, "tag", batch)
SELECT _key, order_id, "tag", '0123456789abcdef0123456789abcdef'
FROM load_fallen;

UPDATE mirror.lab_tags
SET _deleted = TRUE, _version = f.version, _commit_at = f.commit_at, _batch = '0123456789abcdef0123456789abcdef'
FROM load_fallen k
CROSS JOIN load_floor f
WHERE k.order_id = mirror.lab_tags.order_id AND k._key = mirror.lab_tags._key;

CREATE TEMP TABLE load_keys AS
SELECT DISTINCT order_id, _key
FROM load_stage
WHERE _op <> 't';

CREATE TEMP TABLE load_floors AS
SELECT version, commit_at, captured_at, "partition", "offset", LAG(version) OVER (ORDER BY version) AS previous
FROM (
SELECT f.version, f.commit_at, f.captured_at, f."partition", f."offset", ROW_NUMBER() OVER (PARTITION BY f.version ORDER BY f."partition", f."offset") AS nth
FROM ops.floors_lab_tags f
JOIN (SELECT id, COUNT(DISTINCT "partition") AS partitions FROM ops.floors_lab_tags GROUP BY id) seen ON seen.id = f.id
WHERE f.kind = 'truncate' OR seen.partitions >= 1
) AS seen_floors
WHERE nth = 1;

INSERT INTO history.lab_tags (_key, order_id, "tag", note, _raw, _unmapped, _version, _op, _commit_at, _captured_at, _partition, _offset, _batch)
SELECT r._key, r.order_id, r."tag", r.note, r._raw, r._unmapped, f.version, 'd', f.commit_at, f.captured_at, f."partition", f."offset", '0123456789abcdef0123456789abcdef'
FROM history.lab_tags r
JOIN (SELECT h.order_id, h._key, MAX(h._version) AS _version FROM history.lab_tags h JOIN load_keys k ON k.order_id = h.order_id AND k._key = h._key GROUP BY h.order_id, h._key) n ON n.order_id = r.order_id AND n._key = r._key AND n._version = r._version
JOIN load_floors f ON f.version > r._version
LEFT JOIN mirror.lab_tags m ON m.order_id = r.order_id AND m._key = r._key
WHERE r._op <> 'd' AND ((m._deleted AND m._version = f.version) OR ((f.previous IS NULL OR f.previous <= r._version) AND (m._version IS NULL OR m._version < f.version)));

CREATE TEMP TABLE load_latest AS
SELECT _key, order_id, "tag", note, _version, _commit_at, _raw, _unmapped, _op
FROM (
SELECT h._key, h.order_id, h."tag", h.note, h._version, h._commit_at, h._raw, h._unmapped, h._op, ROW_NUMBER() OVER (PARTITION BY h.order_id, h._key ORDER BY h._version DESC, h._partition, h._offset) AS nth
FROM history.lab_tags h
JOIN load_keys k ON k.order_id = h.order_id AND k._key = h._key
) AS ranked
WHERE nth = 1;

DELETE FROM load_latest
USING mirror.lab_tags m
WHERE m.order_id = load_latest.order_id AND m._key = load_latest._key AND (m._version > load_latest._version OR (m._version = load_latest._version AND (NOT m._deleted OR load_latest._op = 'd')));

INSERT INTO ops.touched_lab_tags (_key, order_id, "tag", batch)
SELECT s._key, s.order_id, s."tag", '0123456789abcdef0123456789abcdef'
FROM load_stage s
LEFT JOIN load_known k ON k._row = s._row
WHERE s._op <> 't' AND k._row IS NULL;

INSERT INTO ops.touched_lab_tags (_key, order_id, "tag", batch)
SELECT _key, order_id, "tag", '0123456789abcdef0123456789abcdef'
FROM load_latest;

MERGE INTO mirror.lab_tags
USING load_latest s
ON mirror.lab_tags.order_id = s.order_id AND mirror.lab_tags._key = s._key
WHEN MATCHED THEN UPDATE SET _key = s._key, order_id = s.order_id, "tag" = s."tag", note = s.note, _version = s._version, _deleted = (s._op = 'd'), _commit_at = s._commit_at, _raw = s._raw, _unmapped = s._unmapped, _batch = '0123456789abcdef0123456789abcdef'
WHEN NOT MATCHED THEN INSERT (_key, order_id, "tag", note, _version, _deleted, _commit_at, _raw, _unmapped, _batch)
VALUES (s._key, s.order_id, s."tag", s.note, s._version, (s._op = 'd'), s._commit_at, s._raw, s._unmapped, '0123456789abcdef0123456789abcdef');

INSERT INTO ops.batch (batch, table_name, rows, quarantined, loaded_at)
VALUES ('0123456789abcdef0123456789abcdef', 'lab_tags', 300, 0, SYSDATE);
