CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_productlines (
  batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  definition VARCHAR(32) ENCODE ZSTD NOT NULL,
  topic VARCHAR(249) ENCODE ZSTD NOT NULL,
  "partition" INTEGER ENCODE AZ64 NOT NULL,
  first_offset BIGINT ENCODE AZ64 NOT NULL,
  last_offset BIGINT ENCODE AZ64 NOT NULL,
  rows BIGINT ENCODE AZ64 NOT NULL,
  quarantined BIGINT ENCODE AZ64 NOT NULL,
  loaded_at TIMESTAMP ENCODE RAW NOT NULL
)
DISTSTYLE EVEN
COMPOUND SORTKEY (loaded_at);

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_productlines (
  batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  id VARCHAR(200) ENCODE ZSTD NOT NULL,
  kind VARCHAR(16) ENCODE ZSTD NOT NULL,
  version VARCHAR(44) ENCODE RAW NOT NULL,
  "partition" INTEGER ENCODE AZ64 NOT NULL,
  "offset" BIGINT ENCODE AZ64 NOT NULL,
  commit_at TIMESTAMP ENCODE AZ64,
  captured_at TIMESTAMP ENCODE AZ64
)
DISTSTYLE EVEN
COMPOUND SORTKEY (version);

CREATE TABLE IF NOT EXISTS history.classicmodels_productlines (
  _key VARCHAR(400) ENCODE ZSTD NOT NULL,
  product_line VARCHAR(200) ENCODE ZSTD,
  text_description VARCHAR(16000) ENCODE ZSTD,
  html_description VARCHAR(65535) ENCODE ZSTD,
  image VARBYTE(16777215) ENCODE ZSTD,
  _version VARCHAR(44) ENCODE RAW NOT NULL,
  _op VARCHAR(1) ENCODE ZSTD NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _captured_at TIMESTAMP ENCODE AZ64,
  _partition INTEGER ENCODE AZ64 NOT NULL,
  _offset BIGINT ENCODE AZ64 NOT NULL,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (_key, _version)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (_version);

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_productlines (
  _key VARCHAR(400) ENCODE ZSTD NOT NULL,
  product_line VARCHAR(200) ENCODE ZSTD,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE EVEN;

CREATE TABLE IF NOT EXISTS mirror.classicmodels_productlines (
  _key VARCHAR(400) ENCODE RAW NOT NULL,
  product_line VARCHAR(200) ENCODE ZSTD,
  text_description VARCHAR(16000) ENCODE ZSTD,
  html_description VARCHAR(65535) ENCODE ZSTD,
  image VARBYTE(16777215) ENCODE ZSTD,
  _version VARCHAR(44) ENCODE ZSTD NOT NULL,
  _deleted BOOLEAN ENCODE RAW NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (_key)
)
DISTSTYLE ALL
COMPOUND SORTKEY (_key);

CREATE VIEW source.classicmodels_productlines AS
SELECT product_line, text_description, html_description, image
FROM mirror.classicmodels_productlines
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_productlines IS 'Offsets of classicmodels_productlines that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_productlines.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_productlines IS 'Floors of classicmodels_productlines: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_productlines.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_productlines IS 'Every version of every row: Product lines: the categories that products belong to.';

COMMENT ON COLUMN history.classicmodels_productlines._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN history.classicmodels_productlines.product_line IS 'Name of the line; its key.';

COMMENT ON COLUMN history.classicmodels_productlines.text_description IS 'Plain text for the catalogue.';

COMMENT ON COLUMN history.classicmodels_productlines.html_description IS 'HTML for the catalogue.';

COMMENT ON COLUMN history.classicmodels_productlines.image IS 'Picture of the line.';

COMMENT ON COLUMN history.classicmodels_productlines._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_productlines._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_productlines._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_productlines._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_productlines._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_productlines._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_productlines._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_productlines._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_productlines._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_productlines IS 'Keys of classicmodels_productlines that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_productlines._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN ops.touched_classicmodels_productlines.product_line IS 'Name of the line; its key.';

COMMENT ON COLUMN ops.touched_classicmodels_productlines.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_productlines IS 'Newest version of every key, deleted ones marked: Product lines: the categories that products belong to.';

COMMENT ON COLUMN mirror.classicmodels_productlines._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN mirror.classicmodels_productlines.product_line IS 'Name of the line; its key.';

COMMENT ON COLUMN mirror.classicmodels_productlines.text_description IS 'Plain text for the catalogue.';

COMMENT ON COLUMN mirror.classicmodels_productlines.html_description IS 'HTML for the catalogue.';

COMMENT ON COLUMN mirror.classicmodels_productlines.image IS 'Picture of the line.';

COMMENT ON COLUMN mirror.classicmodels_productlines._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_productlines._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_productlines._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_productlines._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_productlines._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_productlines._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_productlines IS 'Product lines: the categories that products belong to.';

COMMENT ON COLUMN source.classicmodels_productlines.product_line IS 'Name of the line; its key.';

COMMENT ON COLUMN source.classicmodels_productlines.text_description IS 'Plain text for the catalogue.';

COMMENT ON COLUMN source.classicmodels_productlines.html_description IS 'HTML for the catalogue.';

COMMENT ON COLUMN source.classicmodels_productlines.image IS 'Picture of the line.';
