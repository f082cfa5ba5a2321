CREATE TABLE IF NOT EXISTS mart.fact_sales (
  product_key BIGINT ENCODE AZ64 NOT NULL,
  customer_key BIGINT ENCODE AZ64 NOT NULL,
  employee_key BIGINT ENCODE AZ64 NOT NULL,
  location_key BIGINT ENCODE AZ64 NOT NULL,
  order_date_key INTEGER ENCODE RAW NOT NULL,
  required_date_key INTEGER ENCODE AZ64 NOT NULL,
  shipped_date_key INTEGER ENCODE AZ64 NOT NULL,
  order_number INTEGER ENCODE AZ64,
  product_code VARCHAR(60) ENCODE ZSTD,
  order_line_number SMALLINT ENCODE AZ64,
  status VARCHAR(60) ENCODE ZSTD,
  quantity INTEGER ENCODE AZ64,
  unit_price NUMERIC(10,2) ENCODE AZ64,
  unit_cost NUMERIC(10,2) ENCODE AZ64,
  gross_amount NUMERIC(20,2) ENCODE AZ64,
  cost_amount NUMERIC(20,2) ENCODE AZ64,
  PRIMARY KEY (order_number, product_code)
)
DISTSTYLE KEY DISTKEY (order_number)
COMPOUND SORTKEY (order_date_key, order_number, product_code);

COMMENT ON TABLE mart.fact_sales IS 'Order lines, cancelled ones included; dimensions as of the order''s day. Amounts in USD.';

COMMENT ON COLUMN mart.fact_sales.product_key IS 'Row of mart.dim_product; -1 when unknown.';

COMMENT ON COLUMN mart.fact_sales.customer_key IS 'Row of mart.dim_customer; -1 when unknown.';

COMMENT ON COLUMN mart.fact_sales.employee_key IS 'Row of mart.dim_employee; -1 when unknown.';

COMMENT ON COLUMN mart.fact_sales.location_key IS 'Row of mart.dim_location; -1 when unknown.';

COMMENT ON COLUMN mart.fact_sales.order_date_key IS 'Row of mart.dim_date; -1 when there is no date.';

COMMENT ON COLUMN mart.fact_sales.required_date_key IS 'Row of mart.dim_date; -1 when there is no date.';

COMMENT ON COLUMN mart.fact_sales.shipped_date_key IS 'Row of mart.dim_date; -1 when there is no date.';

COMMENT ON COLUMN mart.fact_sales.order_number IS 'Order the line belongs to.';

COMMENT ON COLUMN mart.fact_sales.product_code IS 'Product ordered.';

COMMENT ON COLUMN mart.fact_sales.order_line_number IS 'Position of the line in the order.';

COMMENT ON COLUMN mart.fact_sales.status IS 'Status of the order.';

COMMENT ON COLUMN mart.fact_sales.quantity IS 'Units ordered.';

COMMENT ON COLUMN mart.fact_sales.unit_price IS 'Price per unit, USD.';

COMMENT ON COLUMN mart.fact_sales.unit_cost IS 'Buy price of the product as of the order''s day, USD.';

COMMENT ON COLUMN mart.fact_sales.gross_amount IS 'Quantity times unit price, USD.';

COMMENT ON COLUMN mart.fact_sales.cost_amount IS 'Quantity times unit cost, USD.';
