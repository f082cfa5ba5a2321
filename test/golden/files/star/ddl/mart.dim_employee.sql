CREATE TABLE IF NOT EXISTS mart.dim_employee (
  employee_key BIGINT ENCODE RAW NOT NULL,
  employee_number INTEGER ENCODE AZ64,
  first_name VARCHAR(200) ENCODE ZSTD,
  last_name VARCHAR(200) ENCODE ZSTD,
  extension VARCHAR(40) ENCODE ZSTD,
  email VARCHAR(400) ENCODE ZSTD,
  job_title VARCHAR(200) ENCODE ZSTD,
  office_code VARCHAR(40) ENCODE ZSTD,
  office_city VARCHAR(200) ENCODE ZSTD,
  office_state VARCHAR(200) ENCODE ZSTD,
  office_postal_code VARCHAR(60) ENCODE ZSTD,
  office_country VARCHAR(200) ENCODE ZSTD,
  office_territory VARCHAR(40) ENCODE ZSTD,
  office_phone VARCHAR(200) ENCODE ZSTD,
  supervisor_employee_number INTEGER ENCODE AZ64,
  supervisor_first_name VARCHAR(200) ENCODE ZSTD,
  supervisor_last_name VARCHAR(200) ENCODE ZSTD,
  valid_from TIMESTAMP ENCODE AZ64 NOT NULL,
  valid_to TIMESTAMP ENCODE AZ64 NOT NULL,
  is_current BOOLEAN ENCODE RAW NOT NULL,
  is_deleted BOOLEAN ENCODE RAW NOT NULL,
  PRIMARY KEY (employee_key)
)
DISTSTYLE ALL
COMPOUND SORTKEY (employee_key);

COMMENT ON TABLE mart.dim_employee IS 'Employees (sales representatives) with office and supervisor, a row per stretch of time without a change.';

COMMENT ON COLUMN mart.dim_employee.employee_key IS 'Surrogate key; -1 is the unknown member.';

COMMENT ON COLUMN mart.dim_employee.employee_number IS 'Key of the employee.';

COMMENT ON COLUMN mart.dim_employee.first_name IS 'Given name.';

COMMENT ON COLUMN mart.dim_employee.last_name IS 'Family name.';

COMMENT ON COLUMN mart.dim_employee.extension IS 'Telephone extension.';

COMMENT ON COLUMN mart.dim_employee.email IS 'E-mail address.';

COMMENT ON COLUMN mart.dim_employee.job_title IS 'Job title.';

COMMENT ON COLUMN mart.dim_employee.office_code IS 'Office the employee works at.';

COMMENT ON COLUMN mart.dim_employee.office_city IS 'City of the office.';

COMMENT ON COLUMN mart.dim_employee.office_state IS 'State or province.';

COMMENT ON COLUMN mart.dim_employee.office_postal_code IS 'Postal code.';

COMMENT ON COLUMN mart.dim_employee.office_country IS 'Country.';

COMMENT ON COLUMN mart.dim_employee.office_territory IS 'Sales territory.';

COMMENT ON COLUMN mart.dim_employee.office_phone IS 'Telephone number.';

COMMENT ON COLUMN mart.dim_employee.supervisor_employee_number IS 'Employee number of the supervisor; NULL at the top.';

COMMENT ON COLUMN mart.dim_employee.supervisor_first_name IS 'Given name of the supervisor.';

COMMENT ON COLUMN mart.dim_employee.supervisor_last_name IS 'Family name of the supervisor.';

COMMENT ON COLUMN mart.dim_employee.valid_from IS 'From when the row holds, UTC; the first of a member is open to the past.';

COMMENT ON COLUMN mart.dim_employee.valid_to IS 'Until when it holds, exclusive; open to the future in the current row.';

COMMENT ON COLUMN mart.dim_employee.is_current IS 'True in the newest row of each member.';

COMMENT ON COLUMN mart.dim_employee.is_deleted IS 'True in the newest row once the source has deleted the member.';
