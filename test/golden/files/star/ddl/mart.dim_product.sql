CREATE TABLE IF NOT EXISTS mart.dim_product (
  product_key BIGINT ENCODE RAW NOT NULL,
  product_code VARCHAR(60) ENCODE ZSTD,
  product_name VARCHAR(280) ENCODE ZSTD,
  product_line VARCHAR(200) ENCODE ZSTD,
  product_line_description VARCHAR(16000) ENCODE ZSTD,
  product_scale VARCHAR(40) ENCODE ZSTD,
  product_vendor VARCHAR(200) ENCODE ZSTD,
  product_description VARCHAR(65535) ENCODE ZSTD,
  quantity_in_stock SMALLINT ENCODE AZ64,
  buy_price NUMERIC(10,2) ENCODE AZ64,
  msrp NUMERIC(10,2) ENCODE AZ64,
  valid_from TIMESTAMP ENCODE AZ64 NOT NULL,
  valid_to TIMESTAMP ENCODE AZ64 NOT NULL,
  is_current BOOLEAN ENCODE RAW NOT NULL,
  is_deleted BOOLEAN ENCODE RAW NOT NULL,
  PRIMARY KEY (product_key)
)
DISTSTYLE ALL
COMPOUND SORTKEY (product_key);

COMMENT ON TABLE mart.dim_product IS 'Products with their line, a row per stretch of time in which nothing tracked changed.';

COMMENT ON COLUMN mart.dim_product.product_key IS 'Surrogate key; -1 is the unknown member.';

COMMENT ON COLUMN mart.dim_product.product_code IS 'Key of the product.';

COMMENT ON COLUMN mart.dim_product.product_name IS 'Name shown to customers.';

COMMENT ON COLUMN mart.dim_product.product_line IS 'Line the product belongs to.';

COMMENT ON COLUMN mart.dim_product.product_line_description IS 'Catalogue text of the product line.';

COMMENT ON COLUMN mart.dim_product.product_scale IS 'Scale of the model, e.g. 1:10.';

COMMENT ON COLUMN mart.dim_product.product_vendor IS 'Maker of the model.';

COMMENT ON COLUMN mart.dim_product.product_description IS 'Text for the catalogue.';

COMMENT ON COLUMN mart.dim_product.quantity_in_stock IS 'Units in stock now; not tracked.';

COMMENT ON COLUMN mart.dim_product.buy_price IS 'Price paid to the vendor per unit, USD.';

COMMENT ON COLUMN mart.dim_product.msrp IS 'Manufacturer''s suggested retail price, USD.';

COMMENT ON COLUMN mart.dim_product.valid_from IS 'From when the row holds, UTC; the first of a member is open to the past.';

COMMENT ON COLUMN mart.dim_product.valid_to IS 'Until when it holds, exclusive; open to the future in the current row.';

COMMENT ON COLUMN mart.dim_product.is_current IS 'True in the newest row of each member.';

COMMENT ON COLUMN mart.dim_product.is_deleted IS 'True in the newest row once the source has deleted the member.';
