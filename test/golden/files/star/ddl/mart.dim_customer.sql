CREATE TABLE IF NOT EXISTS mart.dim_customer (
  customer_key BIGINT ENCODE RAW NOT NULL,
  customer_number INTEGER ENCODE AZ64,
  customer_name VARCHAR(200) ENCODE ZSTD,
  contact_first_name VARCHAR(200) ENCODE ZSTD,
  contact_last_name VARCHAR(200) ENCODE ZSTD,
  phone VARCHAR(200) ENCODE ZSTD,
  credit_limit NUMERIC(10,2) ENCODE AZ64,
  address_line1 VARCHAR(200) ENCODE ZSTD,
  address_line2 VARCHAR(200) ENCODE ZSTD,
  city VARCHAR(200) ENCODE ZSTD,
  state VARCHAR(200) ENCODE ZSTD,
  postal_code VARCHAR(60) ENCODE ZSTD,
  country VARCHAR(200) ENCODE ZSTD,
  sales_rep_employee_number INTEGER ENCODE AZ64,
  valid_from TIMESTAMP ENCODE AZ64 NOT NULL,
  valid_to TIMESTAMP ENCODE AZ64 NOT NULL,
  is_current BOOLEAN ENCODE RAW NOT NULL,
  is_deleted BOOLEAN ENCODE RAW NOT NULL,
  PRIMARY KEY (customer_key)
)
DISTSTYLE ALL
COMPOUND SORTKEY (customer_key);

COMMENT ON TABLE mart.dim_customer IS 'Customers, a row per stretch of time in which nothing changed.';

COMMENT ON COLUMN mart.dim_customer.customer_key IS 'Surrogate key; -1 is the unknown member.';

COMMENT ON COLUMN mart.dim_customer.customer_number IS 'Key of the customer.';

COMMENT ON COLUMN mart.dim_customer.customer_name IS 'Company name.';

COMMENT ON COLUMN mart.dim_customer.contact_first_name IS 'Given name of the contact.';

COMMENT ON COLUMN mart.dim_customer.contact_last_name IS 'Family name of the contact.';

COMMENT ON COLUMN mart.dim_customer.phone IS 'Telephone number.';

COMMENT ON COLUMN mart.dim_customer.credit_limit IS 'Credit limit, USD.';

COMMENT ON COLUMN mart.dim_customer.address_line1 IS 'Street address.';

COMMENT ON COLUMN mart.dim_customer.address_line2 IS 'Street address, second line.';

COMMENT ON COLUMN mart.dim_customer.city IS 'City.';

COMMENT ON COLUMN mart.dim_customer.state IS 'State or province.';

COMMENT ON COLUMN mart.dim_customer.postal_code IS 'Postal code; not unique to a city.';

COMMENT ON COLUMN mart.dim_customer.country IS 'Country.';

COMMENT ON COLUMN mart.dim_customer.sales_rep_employee_number IS 'Employee who serves the customer; NULL when nobody does.';

COMMENT ON COLUMN mart.dim_customer.valid_from IS 'From when the row holds, UTC; the first of a member is open to the past.';

COMMENT ON COLUMN mart.dim_customer.valid_to IS 'Until when it holds, exclusive; open to the future in the current row.';

COMMENT ON COLUMN mart.dim_customer.is_current IS 'True in the newest row of each member.';

COMMENT ON COLUMN mart.dim_customer.is_deleted IS 'True in the newest row once the source has deleted the member.';
