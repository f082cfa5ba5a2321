CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_orderdetails (
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

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_orderdetails (
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

CREATE TABLE IF NOT EXISTS history.classicmodels_orderdetails (
  _key VARCHAR(249) ENCODE ZSTD NOT NULL,
  order_number INTEGER ENCODE AZ64 NOT NULL,
  product_code VARCHAR(60) ENCODE ZSTD,
  quantity_ordered INTEGER ENCODE AZ64,
  price_each NUMERIC(10,2) ENCODE AZ64,
  order_line_number SMALLINT ENCODE AZ64,
  _version VARCHAR(44) ENCODE RAW NOT NULL,
  _op VARCHAR(1) ENCODE ZSTD NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _captured_at TIMESTAMP ENCODE AZ64,
  _partition INTEGER ENCODE AZ64 NOT NULL,
  _offset BIGINT ENCODE AZ64 NOT NULL,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (order_number, _key, _version)
)
DISTSTYLE KEY DISTKEY (order_number)
COMPOUND SORTKEY (_version);

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_orderdetails (
  _key VARCHAR(249) ENCODE ZSTD NOT NULL,
  order_number INTEGER ENCODE AZ64 NOT NULL,
  product_code VARCHAR(60) ENCODE ZSTD,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE KEY DISTKEY (order_number);

CREATE TABLE IF NOT EXISTS mirror.classicmodels_orderdetails (
  _key VARCHAR(249) ENCODE ZSTD NOT NULL,
  order_number INTEGER ENCODE RAW NOT NULL,
  product_code VARCHAR(60) ENCODE ZSTD,
  quantity_ordered INTEGER ENCODE AZ64,
  price_each NUMERIC(10,2) ENCODE AZ64,
  order_line_number SMALLINT ENCODE AZ64,
  _version VARCHAR(44) ENCODE ZSTD NOT NULL,
  _deleted BOOLEAN ENCODE RAW NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (order_number, _key)
)
DISTSTYLE KEY DISTKEY (order_number)
COMPOUND SORTKEY (order_number, _key);

CREATE VIEW source.classicmodels_orderdetails AS
SELECT order_number, product_code, quantity_ordered, price_each, order_line_number
FROM mirror.classicmodels_orderdetails
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_orderdetails IS 'Offsets of classicmodels_orderdetails that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_orderdetails.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_orderdetails IS 'Floors of classicmodels_orderdetails: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_orderdetails.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_orderdetails IS 'Every version of every row: Order lines: one product of one order.';

COMMENT ON COLUMN history.classicmodels_orderdetails._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN history.classicmodels_orderdetails.order_number IS 'Order the line belongs to.';

COMMENT ON COLUMN history.classicmodels_orderdetails.product_code IS 'Product ordered.';

COMMENT ON COLUMN history.classicmodels_orderdetails.quantity_ordered IS 'Units ordered.';

COMMENT ON COLUMN history.classicmodels_orderdetails.price_each IS 'Price per unit, USD.';

COMMENT ON COLUMN history.classicmodels_orderdetails.order_line_number IS 'Position of the line in the order.';

COMMENT ON COLUMN history.classicmodels_orderdetails._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_orderdetails._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_orderdetails._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_orderdetails._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_orderdetails._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_orderdetails._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_orderdetails._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_orderdetails._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_orderdetails._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_orderdetails IS 'Keys of classicmodels_orderdetails that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_orderdetails._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN ops.touched_classicmodels_orderdetails.order_number IS 'Order the line belongs to.';

COMMENT ON COLUMN ops.touched_classicmodels_orderdetails.product_code IS 'Product ordered.';

COMMENT ON COLUMN ops.touched_classicmodels_orderdetails.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_orderdetails IS 'Newest version of every key, deleted ones marked: Order lines: one product of one order.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails.order_number IS 'Order the line belongs to.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails.product_code IS 'Product ordered.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails.quantity_ordered IS 'Units ordered.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails.price_each IS 'Price per unit, USD.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails.order_line_number IS 'Position of the line in the order.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_orderdetails._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_orderdetails._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_orderdetails IS 'Order lines: one product of one order.';

COMMENT ON COLUMN source.classicmodels_orderdetails.order_number IS 'Order the line belongs to.';

COMMENT ON COLUMN source.classicmodels_orderdetails.product_code IS 'Product ordered.';

COMMENT ON COLUMN source.classicmodels_orderdetails.quantity_ordered IS 'Units ordered.';

COMMENT ON COLUMN source.classicmodels_orderdetails.price_each IS 'Price per unit, USD.';

COMMENT ON COLUMN source.classicmodels_orderdetails.order_line_number IS 'Position of the line in the order.';
