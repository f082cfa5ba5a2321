CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_offices (
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

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_offices (
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

CREATE TABLE IF NOT EXISTS history.classicmodels_offices (
  _key VARCHAR(80) ENCODE ZSTD NOT NULL,
  office_code VARCHAR(40) ENCODE ZSTD,
  city VARCHAR(200) ENCODE ZSTD,
  phone VARCHAR(200) ENCODE ZSTD,
  address_line1 VARCHAR(200) ENCODE ZSTD,
  address_line2 VARCHAR(200) ENCODE ZSTD,
  state VARCHAR(200) ENCODE ZSTD,
  country VARCHAR(200) ENCODE ZSTD,
  postal_code VARCHAR(60) ENCODE ZSTD,
  territory VARCHAR(40) ENCODE ZSTD,
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

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_offices (
  _key VARCHAR(80) ENCODE ZSTD NOT NULL,
  office_code VARCHAR(40) ENCODE ZSTD,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE EVEN;

CREATE TABLE IF NOT EXISTS mirror.classicmodels_offices (
  _key VARCHAR(80) ENCODE RAW NOT NULL,
  office_code VARCHAR(40) ENCODE ZSTD,
  city VARCHAR(200) ENCODE ZSTD,
  phone VARCHAR(200) ENCODE ZSTD,
  address_line1 VARCHAR(200) ENCODE ZSTD,
  address_line2 VARCHAR(200) ENCODE ZSTD,
  state VARCHAR(200) ENCODE ZSTD,
  country VARCHAR(200) ENCODE ZSTD,
  postal_code VARCHAR(60) ENCODE ZSTD,
  territory VARCHAR(40) ENCODE ZSTD,
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

CREATE VIEW source.classicmodels_offices AS
SELECT office_code, city, phone, address_line1, address_line2, state, country, postal_code, territory
FROM mirror.classicmodels_offices
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_offices IS 'Offsets of classicmodels_offices that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_offices.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_offices IS 'Floors of classicmodels_offices: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_offices.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_offices.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_offices.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_offices.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_offices."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_offices."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_offices.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_offices.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_offices IS 'Every version of every row: Sales offices.';

COMMENT ON COLUMN history.classicmodels_offices._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN history.classicmodels_offices.office_code IS 'Key of the office.';

COMMENT ON COLUMN history.classicmodels_offices.city IS 'City of the office.';

COMMENT ON COLUMN history.classicmodels_offices.phone IS 'Telephone number.';

COMMENT ON COLUMN history.classicmodels_offices.address_line1 IS 'Street address.';

COMMENT ON COLUMN history.classicmodels_offices.address_line2 IS 'Street address, second line.';

COMMENT ON COLUMN history.classicmodels_offices.state IS 'State or province.';

COMMENT ON COLUMN history.classicmodels_offices.country IS 'Country.';

COMMENT ON COLUMN history.classicmodels_offices.postal_code IS 'Postal code.';

COMMENT ON COLUMN history.classicmodels_offices.territory IS 'Sales territory.';

COMMENT ON COLUMN history.classicmodels_offices._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_offices._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_offices._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_offices._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_offices._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_offices._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_offices._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_offices._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_offices._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_offices IS 'Keys of classicmodels_offices that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_offices._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN ops.touched_classicmodels_offices.office_code IS 'Key of the office.';

COMMENT ON COLUMN ops.touched_classicmodels_offices.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_offices IS 'Newest version of every key, deleted ones marked: Sales offices.';

COMMENT ON COLUMN mirror.classicmodels_offices._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN mirror.classicmodels_offices.office_code IS 'Key of the office.';

COMMENT ON COLUMN mirror.classicmodels_offices.city IS 'City of the office.';

COMMENT ON COLUMN mirror.classicmodels_offices.phone IS 'Telephone number.';

COMMENT ON COLUMN mirror.classicmodels_offices.address_line1 IS 'Street address.';

COMMENT ON COLUMN mirror.classicmodels_offices.address_line2 IS 'Street address, second line.';

COMMENT ON COLUMN mirror.classicmodels_offices.state IS 'State or province.';

COMMENT ON COLUMN mirror.classicmodels_offices.country IS 'Country.';

COMMENT ON COLUMN mirror.classicmodels_offices.postal_code IS 'Postal code.';

COMMENT ON COLUMN mirror.classicmodels_offices.territory IS 'Sales territory.';

COMMENT ON COLUMN mirror.classicmodels_offices._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_offices._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_offices._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_offices._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_offices._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_offices._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_offices IS 'Sales offices.';

COMMENT ON COLUMN source.classicmodels_offices.office_code IS 'Key of the office.';

COMMENT ON COLUMN source.classicmodels_offices.city IS 'City of the office.';

COMMENT ON COLUMN source.classicmodels_offices.phone IS 'Telephone number.';

COMMENT ON COLUMN source.classicmodels_offices.address_line1 IS 'Street address.';

COMMENT ON COLUMN source.classicmodels_offices.address_line2 IS 'Street address, second line.';

COMMENT ON COLUMN source.classicmodels_offices.state IS 'State or province.';

COMMENT ON COLUMN source.classicmodels_offices.country IS 'Country.';

COMMENT ON COLUMN source.classicmodels_offices.postal_code IS 'Postal code.';

COMMENT ON COLUMN source.classicmodels_offices.territory IS 'Sales territory.';
