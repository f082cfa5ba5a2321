CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_orders (
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

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_orders (
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

CREATE TABLE IF NOT EXISTS history.classicmodels_orders (
  order_number INTEGER ENCODE AZ64 NOT NULL,
  order_date DATE ENCODE AZ64,
  required_date DATE ENCODE AZ64,
  shipped_date DATE ENCODE AZ64,
  status VARCHAR(60) ENCODE ZSTD,
  comments VARCHAR(65535) ENCODE ZSTD,
  customer_number INTEGER ENCODE AZ64,
  _version VARCHAR(44) ENCODE RAW NOT NULL,
  _op VARCHAR(1) ENCODE ZSTD NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _captured_at TIMESTAMP ENCODE AZ64,
  _partition INTEGER ENCODE AZ64 NOT NULL,
  _offset BIGINT ENCODE AZ64 NOT NULL,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (order_number, _version)
)
DISTSTYLE KEY DISTKEY (order_number)
COMPOUND SORTKEY (_version);

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_orders (
  order_number INTEGER ENCODE AZ64 NOT NULL,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE KEY DISTKEY (order_number);

CREATE TABLE IF NOT EXISTS mirror.classicmodels_orders (
  order_number INTEGER ENCODE RAW NOT NULL,
  order_date DATE ENCODE AZ64,
  required_date DATE ENCODE AZ64,
  shipped_date DATE ENCODE AZ64,
  status VARCHAR(60) ENCODE ZSTD,
  comments VARCHAR(65535) ENCODE ZSTD,
  customer_number INTEGER ENCODE AZ64,
  _version VARCHAR(44) ENCODE ZSTD NOT NULL,
  _deleted BOOLEAN ENCODE RAW NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (order_number)
)
DISTSTYLE KEY DISTKEY (order_number)
COMPOUND SORTKEY (order_number);

CREATE VIEW source.classicmodels_orders AS
SELECT order_number, order_date, required_date, shipped_date, status, comments, customer_number
FROM mirror.classicmodels_orders
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_orders IS 'Offsets of classicmodels_orders that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_orders.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_orders IS 'Floors of classicmodels_orders: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_orders.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_orders.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_orders.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_orders.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_orders."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_orders."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_orders.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_orders.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_orders IS 'Every version of every row: Sales orders.';

COMMENT ON COLUMN history.classicmodels_orders.order_number IS 'Key of the order.';

COMMENT ON COLUMN history.classicmodels_orders.order_date IS 'Day the order was placed.';

COMMENT ON COLUMN history.classicmodels_orders.required_date IS 'Day the customer asked for.';

COMMENT ON COLUMN history.classicmodels_orders.shipped_date IS 'Day of shipping; NULL until shipped.';

COMMENT ON COLUMN history.classicmodels_orders.status IS 'Shipped, In Process, Cancelled, Resolved, On Hold or Disputed.';

COMMENT ON COLUMN history.classicmodels_orders.comments IS 'Remarks.';

COMMENT ON COLUMN history.classicmodels_orders.customer_number IS 'Customer who ordered.';

COMMENT ON COLUMN history.classicmodels_orders._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_orders._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_orders._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_orders._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_orders._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_orders._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_orders._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_orders._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_orders._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_orders IS 'Keys of classicmodels_orders that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_orders.order_number IS 'Key of the order.';

COMMENT ON COLUMN ops.touched_classicmodels_orders.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_orders IS 'Newest version of every key, deleted ones marked: Sales orders.';

COMMENT ON COLUMN mirror.classicmodels_orders.order_number IS 'Key of the order.';

COMMENT ON COLUMN mirror.classicmodels_orders.order_date IS 'Day the order was placed.';

COMMENT ON COLUMN mirror.classicmodels_orders.required_date IS 'Day the customer asked for.';

COMMENT ON COLUMN mirror.classicmodels_orders.shipped_date IS 'Day of shipping; NULL until shipped.';

COMMENT ON COLUMN mirror.classicmodels_orders.status IS 'Shipped, In Process, Cancelled, Resolved, On Hold or Disputed.';

COMMENT ON COLUMN mirror.classicmodels_orders.comments IS 'Remarks.';

COMMENT ON COLUMN mirror.classicmodels_orders.customer_number IS 'Customer who ordered.';

COMMENT ON COLUMN mirror.classicmodels_orders._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_orders._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_orders._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_orders._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_orders._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_orders._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_orders IS 'Sales orders.';

COMMENT ON COLUMN source.classicmodels_orders.order_number IS 'Key of the order.';

COMMENT ON COLUMN source.classicmodels_orders.order_date IS 'Day the order was placed.';

COMMENT ON COLUMN source.classicmodels_orders.required_date IS 'Day the customer asked for.';

COMMENT ON COLUMN source.classicmodels_orders.shipped_date IS 'Day of shipping; NULL until shipped.';

COMMENT ON COLUMN source.classicmodels_orders.status IS 'Shipped, In Process, Cancelled, Resolved, On Hold or Disputed.';

COMMENT ON COLUMN source.classicmodels_orders.comments IS 'Remarks.';

COMMENT ON COLUMN source.classicmodels_orders.customer_number IS 'Customer who ordered.';
