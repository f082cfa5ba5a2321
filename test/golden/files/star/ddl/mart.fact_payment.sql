CREATE TABLE IF NOT EXISTS mart.fact_payment (
  customer_key BIGINT ENCODE AZ64 NOT NULL,
  employee_key BIGINT ENCODE AZ64 NOT NULL,
  location_key BIGINT ENCODE AZ64 NOT NULL,
  payment_date_key INTEGER ENCODE RAW NOT NULL,
  customer_number INTEGER ENCODE AZ64,
  check_number VARCHAR(200) ENCODE ZSTD,
  amount NUMERIC(10,2) ENCODE AZ64,
  PRIMARY KEY (customer_number, check_number)
)
DISTSTYLE KEY DISTKEY (customer_number)
COMPOUND SORTKEY (payment_date_key, customer_number, check_number);

COMMENT ON TABLE mart.fact_payment IS 'Payments received, not tied to single orders; dimensions as of the payment''s day. Amounts in USD.';

COMMENT ON COLUMN mart.fact_payment.customer_key IS 'Row of mart.dim_customer; -1 when unknown.';

COMMENT ON COLUMN mart.fact_payment.employee_key IS 'Row of mart.dim_employee; -1 when unknown.';

COMMENT ON COLUMN mart.fact_payment.location_key IS 'Row of mart.dim_location; -1 when unknown.';

COMMENT ON COLUMN mart.fact_payment.payment_date_key IS 'Row of mart.dim_date; -1 when there is no date.';

COMMENT ON COLUMN mart.fact_payment.customer_number IS 'Customer who paid.';

COMMENT ON COLUMN mart.fact_payment.check_number IS 'Number of the check.';

COMMENT ON COLUMN mart.fact_payment.amount IS 'Amount paid, USD.';
