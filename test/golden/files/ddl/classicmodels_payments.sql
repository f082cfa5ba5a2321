CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_payments (
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

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_payments (
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

CREATE TABLE IF NOT EXISTS history.classicmodels_payments (
  _key VARCHAR(529) ENCODE ZSTD NOT NULL,
  customer_number INTEGER ENCODE AZ64 NOT NULL,
  check_number VARCHAR(200) ENCODE ZSTD,
  payment_date DATE ENCODE AZ64,
  amount NUMERIC(10,2) ENCODE AZ64,
  _version VARCHAR(44) ENCODE RAW NOT NULL,
  _op VARCHAR(1) ENCODE ZSTD NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _captured_at TIMESTAMP ENCODE AZ64,
  _partition INTEGER ENCODE AZ64 NOT NULL,
  _offset BIGINT ENCODE AZ64 NOT NULL,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (customer_number, _key, _version)
)
DISTSTYLE KEY DISTKEY (customer_number)
COMPOUND SORTKEY (_version);

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_payments (
  _key VARCHAR(529) ENCODE ZSTD NOT NULL,
  customer_number INTEGER ENCODE AZ64 NOT NULL,
  check_number VARCHAR(200) ENCODE ZSTD,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE KEY DISTKEY (customer_number);

CREATE TABLE IF NOT EXISTS mirror.classicmodels_payments (
  _key VARCHAR(529) ENCODE ZSTD NOT NULL,
  customer_number INTEGER ENCODE RAW NOT NULL,
  check_number VARCHAR(200) ENCODE ZSTD,
  payment_date DATE ENCODE AZ64,
  amount NUMERIC(10,2) ENCODE AZ64,
  _version VARCHAR(44) ENCODE ZSTD NOT NULL,
  _deleted BOOLEAN ENCODE RAW NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (customer_number, _key)
)
DISTSTYLE KEY DISTKEY (customer_number)
COMPOUND SORTKEY (customer_number, _key);

CREATE VIEW source.classicmodels_payments AS
SELECT customer_number, check_number, payment_date, amount
FROM mirror.classicmodels_payments
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_payments IS 'Offsets of classicmodels_payments that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_payments.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_payments IS 'Floors of classicmodels_payments: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_payments.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_payments.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_payments.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_payments.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_payments."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_payments."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_payments.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_payments.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_payments IS 'Every version of every row: Payments received from customers; not tied to single orders.';

COMMENT ON COLUMN history.classicmodels_payments._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN history.classicmodels_payments.customer_number IS 'Customer who paid.';

COMMENT ON COLUMN history.classicmodels_payments.check_number IS 'Number of the check.';

COMMENT ON COLUMN history.classicmodels_payments.payment_date IS 'Day of the payment.';

COMMENT ON COLUMN history.classicmodels_payments.amount IS 'Amount paid, USD.';

COMMENT ON COLUMN history.classicmodels_payments._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_payments._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_payments._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_payments._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_payments._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_payments._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_payments._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_payments._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_payments._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_payments IS 'Keys of classicmodels_payments that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_payments._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN ops.touched_classicmodels_payments.customer_number IS 'Customer who paid.';

COMMENT ON COLUMN ops.touched_classicmodels_payments.check_number IS 'Number of the check.';

COMMENT ON COLUMN ops.touched_classicmodels_payments.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_payments IS 'Newest version of every key, deleted ones marked: Payments received from customers; not tied to single orders.';

COMMENT ON COLUMN mirror.classicmodels_payments._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN mirror.classicmodels_payments.customer_number IS 'Customer who paid.';

COMMENT ON COLUMN mirror.classicmodels_payments.check_number IS 'Number of the check.';

COMMENT ON COLUMN mirror.classicmodels_payments.payment_date IS 'Day of the payment.';

COMMENT ON COLUMN mirror.classicmodels_payments.amount IS 'Amount paid, USD.';

COMMENT ON COLUMN mirror.classicmodels_payments._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_payments._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_payments._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_payments._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_payments._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_payments._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_payments IS 'Payments received from customers; not tied to single orders.';

COMMENT ON COLUMN source.classicmodels_payments.customer_number IS 'Customer who paid.';

COMMENT ON COLUMN source.classicmodels_payments.check_number IS 'Number of the check.';

COMMENT ON COLUMN source.classicmodels_payments.payment_date IS 'Day of the payment.';

COMMENT ON COLUMN source.classicmodels_payments.amount IS 'Amount paid, USD.';
