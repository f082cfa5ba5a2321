CREATE TABLE IF NOT EXISTS mart.fact_order (
  customer_key BIGINT ENCODE AZ64 NOT NULL,
  employee_key BIGINT ENCODE AZ64 NOT NULL,
  location_key BIGINT ENCODE AZ64 NOT NULL,
  order_date_key INTEGER ENCODE RAW NOT NULL,
  required_date_key INTEGER ENCODE AZ64 NOT NULL,
  shipped_date_key INTEGER ENCODE AZ64 NOT NULL,
  order_number INTEGER ENCODE AZ64,
  status VARCHAR(60) ENCODE ZSTD,
  lines BIGINT ENCODE AZ64,
  quantity BIGINT ENCODE AZ64,
  gross_amount NUMERIC(38,2) ENCODE AZ64,
  lead_days INTEGER ENCODE AZ64,
  late_days INTEGER ENCODE AZ64,
  PRIMARY KEY (order_number)
)
DISTSTYLE KEY DISTKEY (order_number)
COMPOUND SORTKEY (order_date_key, order_number);

COMMENT ON TABLE mart.fact_order IS 'Orders with their milestones (accumulating snapshot), cancelled ones included. Amounts in USD.';

COMMENT ON COLUMN mart.fact_order.customer_key IS 'Row of mart.dim_customer; -1 when unknown.';

COMMENT ON COLUMN mart.fact_order.employee_key IS 'Row of mart.dim_employee; -1 when unknown.';

COMMENT ON COLUMN mart.fact_order.location_key IS 'Row of mart.dim_location; -1 when unknown.';

COMMENT ON COLUMN mart.fact_order.order_date_key IS 'Row of mart.dim_date; -1 when there is no date.';

COMMENT ON COLUMN mart.fact_order.required_date_key IS 'Row of mart.dim_date; -1 when there is no date.';

COMMENT ON COLUMN mart.fact_order.shipped_date_key IS 'Row of mart.dim_date; -1 when there is no date.';

COMMENT ON COLUMN mart.fact_order.order_number IS 'Key of the order.';

COMMENT ON COLUMN mart.fact_order.status IS 'Shipped, In Process, Cancelled, Resolved, On Hold or Disputed.';

COMMENT ON COLUMN mart.fact_order.lines IS 'Order lines.';

COMMENT ON COLUMN mart.fact_order.quantity IS 'Units ordered.';

COMMENT ON COLUMN mart.fact_order.gross_amount IS 'Quantity times unit price over the lines, USD.';

COMMENT ON COLUMN mart.fact_order.lead_days IS 'Days from order to shipping; NULL until shipped.';

COMMENT ON COLUMN mart.fact_order.late_days IS 'Days from the day asked for to shipping; above 0 is late, NULL until shipped.';
