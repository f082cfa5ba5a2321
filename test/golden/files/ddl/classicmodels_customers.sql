CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_customers (
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

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_customers (
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

CREATE TABLE IF NOT EXISTS history.classicmodels_customers (
  customer_number INTEGER ENCODE AZ64 NOT NULL,
  customer_name VARCHAR(200) ENCODE ZSTD,
  contact_last_name VARCHAR(200) ENCODE ZSTD,
  contact_first_name VARCHAR(200) ENCODE ZSTD,
  phone VARCHAR(200) ENCODE ZSTD,
  address_line1 VARCHAR(200) ENCODE ZSTD,
  address_line2 VARCHAR(200) ENCODE ZSTD,
  city VARCHAR(200) ENCODE ZSTD,
  state VARCHAR(200) ENCODE ZSTD,
  postal_code VARCHAR(60) ENCODE ZSTD,
  country VARCHAR(200) ENCODE ZSTD,
  sales_rep_employee_number INTEGER ENCODE AZ64,
  credit_limit NUMERIC(10,2) ENCODE AZ64,
  _version VARCHAR(44) ENCODE RAW NOT NULL,
  _op VARCHAR(1) ENCODE ZSTD NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _captured_at TIMESTAMP ENCODE AZ64,
  _partition INTEGER ENCODE AZ64 NOT NULL,
  _offset BIGINT ENCODE AZ64 NOT NULL,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (customer_number, _version)
)
DISTSTYLE KEY DISTKEY (customer_number)
COMPOUND SORTKEY (_version);

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_customers (
  customer_number INTEGER ENCODE AZ64 NOT NULL,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE KEY DISTKEY (customer_number);

CREATE TABLE IF NOT EXISTS mirror.classicmodels_customers (
  customer_number INTEGER ENCODE RAW NOT NULL,
  customer_name VARCHAR(200) ENCODE ZSTD,
  contact_last_name VARCHAR(200) ENCODE ZSTD,
  contact_first_name VARCHAR(200) ENCODE ZSTD,
  phone VARCHAR(200) ENCODE ZSTD,
  address_line1 VARCHAR(200) ENCODE ZSTD,
  address_line2 VARCHAR(200) ENCODE ZSTD,
  city VARCHAR(200) ENCODE ZSTD,
  state VARCHAR(200) ENCODE ZSTD,
  postal_code VARCHAR(60) ENCODE ZSTD,
  country VARCHAR(200) ENCODE ZSTD,
  sales_rep_employee_number INTEGER ENCODE AZ64,
  credit_limit NUMERIC(10,2) ENCODE AZ64,
  _version VARCHAR(44) ENCODE ZSTD NOT NULL,
  _deleted BOOLEAN ENCODE RAW NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (customer_number)
)
DISTSTYLE KEY DISTKEY (customer_number)
COMPOUND SORTKEY (customer_number);

CREATE VIEW source.classicmodels_customers AS
SELECT customer_number, customer_name, contact_last_name, contact_first_name, phone, address_line1, address_line2, city, state, postal_code, country, sales_rep_employee_number, credit_limit
FROM mirror.classicmodels_customers
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_customers IS 'Offsets of classicmodels_customers that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_customers.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_customers IS 'Floors of classicmodels_customers: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_customers.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_customers.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_customers.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_customers.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_customers."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_customers."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_customers.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_customers.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_customers IS 'Every version of every row: Customers of the shop.';

COMMENT ON COLUMN history.classicmodels_customers.customer_number IS 'Key of the customer.';

COMMENT ON COLUMN history.classicmodels_customers.customer_name IS 'Company name.';

COMMENT ON COLUMN history.classicmodels_customers.contact_last_name IS 'Family name of the contact.';

COMMENT ON COLUMN history.classicmodels_customers.contact_first_name IS 'Given name of the contact.';

COMMENT ON COLUMN history.classicmodels_customers.phone IS 'Telephone number.';

COMMENT ON COLUMN history.classicmodels_customers.address_line1 IS 'Street address.';

COMMENT ON COLUMN history.classicmodels_customers.address_line2 IS 'Street address, second line.';

COMMENT ON COLUMN history.classicmodels_customers.city IS 'City.';

COMMENT ON COLUMN history.classicmodels_customers.state IS 'State or province.';

COMMENT ON COLUMN history.classicmodels_customers.postal_code IS 'Postal code; not unique to a city.';

COMMENT ON COLUMN history.classicmodels_customers.country IS 'Country.';

COMMENT ON COLUMN history.classicmodels_customers.sales_rep_employee_number IS 'Employee who serves the customer; NULL when nobody does.';

COMMENT ON COLUMN history.classicmodels_customers.credit_limit IS 'Credit limit, USD.';

COMMENT ON COLUMN history.classicmodels_customers._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_customers._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_customers._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_customers._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_customers._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_customers._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_customers._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_customers._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_customers._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_customers IS 'Keys of classicmodels_customers that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_customers.customer_number IS 'Key of the customer.';

COMMENT ON COLUMN ops.touched_classicmodels_customers.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_customers IS 'Newest version of every key, deleted ones marked: Customers of the shop.';

COMMENT ON COLUMN mirror.classicmodels_customers.customer_number IS 'Key of the customer.';

COMMENT ON COLUMN mirror.classicmodels_customers.customer_name IS 'Company name.';

COMMENT ON COLUMN mirror.classicmodels_customers.contact_last_name IS 'Family name of the contact.';

COMMENT ON COLUMN mirror.classicmodels_customers.contact_first_name IS 'Given name of the contact.';

COMMENT ON COLUMN mirror.classicmodels_customers.phone IS 'Telephone number.';

COMMENT ON COLUMN mirror.classicmodels_customers.address_line1 IS 'Street address.';

COMMENT ON COLUMN mirror.classicmodels_customers.address_line2 IS 'Street address, second line.';

COMMENT ON COLUMN mirror.classicmodels_customers.city IS 'City.';

COMMENT ON COLUMN mirror.classicmodels_customers.state IS 'State or province.';

COMMENT ON COLUMN mirror.classicmodels_customers.postal_code IS 'Postal code; not unique to a city.';

COMMENT ON COLUMN mirror.classicmodels_customers.country IS 'Country.';

COMMENT ON COLUMN mirror.classicmodels_customers.sales_rep_employee_number IS 'Employee who serves the customer; NULL when nobody does.';

COMMENT ON COLUMN mirror.classicmodels_customers.credit_limit IS 'Credit limit, USD.';

COMMENT ON COLUMN mirror.classicmodels_customers._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_customers._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_customers._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_customers._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_customers._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_customers._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_customers IS 'Customers of the shop.';

COMMENT ON COLUMN source.classicmodels_customers.customer_number IS 'Key of the customer.';

COMMENT ON COLUMN source.classicmodels_customers.customer_name IS 'Company name.';

COMMENT ON COLUMN source.classicmodels_customers.contact_last_name IS 'Family name of the contact.';

COMMENT ON COLUMN source.classicmodels_customers.contact_first_name IS 'Given name of the contact.';

COMMENT ON COLUMN source.classicmodels_customers.phone IS 'Telephone number.';

COMMENT ON COLUMN source.classicmodels_customers.address_line1 IS 'Street address.';

COMMENT ON COLUMN source.classicmodels_customers.address_line2 IS 'Street address, second line.';

COMMENT ON COLUMN source.classicmodels_customers.city IS 'City.';

COMMENT ON COLUMN source.classicmodels_customers.state IS 'State or province.';

COMMENT ON COLUMN source.classicmodels_customers.postal_code IS 'Postal code; not unique to a city.';

COMMENT ON COLUMN source.classicmodels_customers.country IS 'Country.';

COMMENT ON COLUMN source.classicmodels_customers.sales_rep_employee_number IS 'Employee who serves the customer; NULL when nobody does.';

COMMENT ON COLUMN source.classicmodels_customers.credit_limit IS 'Credit limit, USD.';
