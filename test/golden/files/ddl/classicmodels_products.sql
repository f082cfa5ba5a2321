CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_products (
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

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_products (
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

CREATE TABLE IF NOT EXISTS history.classicmodels_products (
  _key VARCHAR(120) ENCODE ZSTD NOT NULL,
  product_code VARCHAR(60) ENCODE ZSTD,
  product_name VARCHAR(280) ENCODE ZSTD,
  product_line VARCHAR(200) ENCODE ZSTD,
  product_scale VARCHAR(40) ENCODE ZSTD,
  product_vendor VARCHAR(200) ENCODE ZSTD,
  product_description VARCHAR(65535) ENCODE ZSTD,
  quantity_in_stock SMALLINT ENCODE AZ64,
  buy_price NUMERIC(10,2) ENCODE AZ64,
  msrp NUMERIC(10,2) ENCODE AZ64,
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
DISTSTYLE KEY DISTKEY (_key)
COMPOUND SORTKEY (_version);

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_products (
  _key VARCHAR(120) ENCODE ZSTD NOT NULL,
  product_code VARCHAR(60) ENCODE ZSTD,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE KEY DISTKEY (_key);

CREATE TABLE IF NOT EXISTS mirror.classicmodels_products (
  _key VARCHAR(120) ENCODE RAW NOT NULL,
  product_code VARCHAR(60) ENCODE ZSTD,
  product_name VARCHAR(280) ENCODE ZSTD,
  product_line VARCHAR(200) ENCODE ZSTD,
  product_scale VARCHAR(40) ENCODE ZSTD,
  product_vendor VARCHAR(200) ENCODE ZSTD,
  product_description VARCHAR(65535) ENCODE ZSTD,
  quantity_in_stock SMALLINT ENCODE AZ64,
  buy_price NUMERIC(10,2) ENCODE AZ64,
  msrp NUMERIC(10,2) ENCODE AZ64,
  _version VARCHAR(44) ENCODE ZSTD NOT NULL,
  _deleted BOOLEAN ENCODE RAW NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (_key)
)
DISTSTYLE KEY DISTKEY (_key)
COMPOUND SORTKEY (_key);

CREATE VIEW source.classicmodels_products AS
SELECT product_code, product_name, product_line, product_scale, product_vendor, product_description, quantity_in_stock, buy_price, msrp
FROM mirror.classicmodels_products
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_products IS 'Offsets of classicmodels_products that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_products."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_products.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_products IS 'Floors of classicmodels_products: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_products.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_products.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_products.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_products.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_products."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_products."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_products.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_products.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_products IS 'Every version of every row: Scale models on sale.';

COMMENT ON COLUMN history.classicmodels_products._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN history.classicmodels_products.product_code IS 'Key of the product.';

COMMENT ON COLUMN history.classicmodels_products.product_name IS 'Name shown to customers.';

COMMENT ON COLUMN history.classicmodels_products.product_line IS 'Line the product belongs to.';

COMMENT ON COLUMN history.classicmodels_products.product_scale IS 'Scale of the model, e.g. 1:10.';

COMMENT ON COLUMN history.classicmodels_products.product_vendor IS 'Maker of the model.';

COMMENT ON COLUMN history.classicmodels_products.product_description IS 'Text for the catalogue.';

COMMENT ON COLUMN history.classicmodels_products.quantity_in_stock IS 'Units in stock.';

COMMENT ON COLUMN history.classicmodels_products.buy_price IS 'Price paid to the vendor per unit, USD.';

COMMENT ON COLUMN history.classicmodels_products.msrp IS 'Manufacturer''s suggested retail price, USD.';

COMMENT ON COLUMN history.classicmodels_products._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_products._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_products._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_products._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_products._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_products._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_products._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_products._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_products._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_products IS 'Keys of classicmodels_products that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_products._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN ops.touched_classicmodels_products.product_code IS 'Key of the product.';

COMMENT ON COLUMN ops.touched_classicmodels_products.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_products IS 'Newest version of every key, deleted ones marked: Scale models on sale.';

COMMENT ON COLUMN mirror.classicmodels_products._key IS 'The key''s exact bytes as hex text, components joined by ''-''.';

COMMENT ON COLUMN mirror.classicmodels_products.product_code IS 'Key of the product.';

COMMENT ON COLUMN mirror.classicmodels_products.product_name IS 'Name shown to customers.';

COMMENT ON COLUMN mirror.classicmodels_products.product_line IS 'Line the product belongs to.';

COMMENT ON COLUMN mirror.classicmodels_products.product_scale IS 'Scale of the model, e.g. 1:10.';

COMMENT ON COLUMN mirror.classicmodels_products.product_vendor IS 'Maker of the model.';

COMMENT ON COLUMN mirror.classicmodels_products.product_description IS 'Text for the catalogue.';

COMMENT ON COLUMN mirror.classicmodels_products.quantity_in_stock IS 'Units in stock.';

COMMENT ON COLUMN mirror.classicmodels_products.buy_price IS 'Price paid to the vendor per unit, USD.';

COMMENT ON COLUMN mirror.classicmodels_products.msrp IS 'Manufacturer''s suggested retail price, USD.';

COMMENT ON COLUMN mirror.classicmodels_products._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_products._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_products._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_products._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_products._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_products._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_products IS 'Scale models on sale.';

COMMENT ON COLUMN source.classicmodels_products.product_code IS 'Key of the product.';

COMMENT ON COLUMN source.classicmodels_products.product_name IS 'Name shown to customers.';

COMMENT ON COLUMN source.classicmodels_products.product_line IS 'Line the product belongs to.';

COMMENT ON COLUMN source.classicmodels_products.product_scale IS 'Scale of the model, e.g. 1:10.';

COMMENT ON COLUMN source.classicmodels_products.product_vendor IS 'Maker of the model.';

COMMENT ON COLUMN source.classicmodels_products.product_description IS 'Text for the catalogue.';

COMMENT ON COLUMN source.classicmodels_products.quantity_in_stock IS 'Units in stock.';

COMMENT ON COLUMN source.classicmodels_products.buy_price IS 'Price paid to the vendor per unit, USD.';

COMMENT ON COLUMN source.classicmodels_products.msrp IS 'Manufacturer''s suggested retail price, USD.';
