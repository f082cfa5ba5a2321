CREATE TABLE IF NOT EXISTS ops.ledger_classicmodels_employees (
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

CREATE TABLE IF NOT EXISTS ops.floors_classicmodels_employees (
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

CREATE TABLE IF NOT EXISTS history.classicmodels_employees (
  employee_number INTEGER ENCODE AZ64 NOT NULL,
  last_name VARCHAR(200) ENCODE ZSTD,
  first_name VARCHAR(200) ENCODE ZSTD,
  extension VARCHAR(40) ENCODE ZSTD,
  email VARCHAR(400) ENCODE ZSTD,
  office_code VARCHAR(40) ENCODE ZSTD,
  reports_to INTEGER ENCODE AZ64,
  job_title VARCHAR(200) ENCODE ZSTD,
  _version VARCHAR(44) ENCODE RAW NOT NULL,
  _op VARCHAR(1) ENCODE ZSTD NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _captured_at TIMESTAMP ENCODE AZ64,
  _partition INTEGER ENCODE AZ64 NOT NULL,
  _offset BIGINT ENCODE AZ64 NOT NULL,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (employee_number, _version)
)
DISTSTYLE EVEN
COMPOUND SORTKEY (_version);

CREATE TABLE IF NOT EXISTS ops.touched_classicmodels_employees (
  employee_number INTEGER ENCODE AZ64 NOT NULL,
  batch VARCHAR(32) ENCODE ZSTD NOT NULL
)
DISTSTYLE EVEN;

CREATE TABLE IF NOT EXISTS mirror.classicmodels_employees (
  employee_number INTEGER ENCODE RAW NOT NULL,
  last_name VARCHAR(200) ENCODE ZSTD,
  first_name VARCHAR(200) ENCODE ZSTD,
  extension VARCHAR(40) ENCODE ZSTD,
  email VARCHAR(400) ENCODE ZSTD,
  office_code VARCHAR(40) ENCODE ZSTD,
  reports_to INTEGER ENCODE AZ64,
  job_title VARCHAR(200) ENCODE ZSTD,
  _version VARCHAR(44) ENCODE ZSTD NOT NULL,
  _deleted BOOLEAN ENCODE RAW NOT NULL,
  _commit_at TIMESTAMP ENCODE AZ64,
  _raw SUPER ENCODE ZSTD,
  _unmapped SUPER ENCODE ZSTD,
  _batch VARCHAR(32) ENCODE ZSTD NOT NULL,
  PRIMARY KEY (employee_number)
)
DISTSTYLE ALL
COMPOUND SORTKEY (employee_number);

CREATE VIEW source.classicmodels_employees AS
SELECT employee_number, last_name, first_name, extension, email, office_code, reports_to, job_title
FROM mirror.classicmodels_employees
WHERE NOT _deleted;

COMMENT ON TABLE ops.ledger_classicmodels_employees IS 'Offsets of classicmodels_employees that are loaded; locked by each load.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.batch IS 'Load that covered the range.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.definition IS 'Definition hash of the files.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.topic IS 'Kafka topic.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees."partition" IS 'Kafka partition.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.first_offset IS 'First offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.last_offset IS 'Last offset covered.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.rows IS 'Rows loaded.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.quarantined IS 'Rows refused and put into quarantine by this load.';

COMMENT ON COLUMN ops.ledger_classicmodels_employees.loaded_at IS 'When the load ran, UTC.';

COMMENT ON TABLE ops.floors_classicmodels_employees IS 'Floors of classicmodels_employees: keys below their version are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_employees.batch IS 'Load that brought the floor.';

COMMENT ON COLUMN ops.floors_classicmodels_employees.id IS 'Names one floor in all partitions.';

COMMENT ON COLUMN ops.floors_classicmodels_employees.kind IS 'truncate: applies at once; resync: once every partition is loaded past it.';

COMMENT ON COLUMN ops.floors_classicmodels_employees.version IS 'Keys below it are deleted.';

COMMENT ON COLUMN ops.floors_classicmodels_employees."partition" IS 'Partition it was read from.';

COMMENT ON COLUMN ops.floors_classicmodels_employees."offset" IS 'Its offset there.';

COMMENT ON COLUMN ops.floors_classicmodels_employees.commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN ops.floors_classicmodels_employees.captured_at IS 'When capture read the row, UTC.';

COMMENT ON TABLE history.classicmodels_employees IS 'Every version of every row: Employees, sales representatives among them.';

COMMENT ON COLUMN history.classicmodels_employees.employee_number IS 'Key of the employee.';

COMMENT ON COLUMN history.classicmodels_employees.last_name IS 'Family name.';

COMMENT ON COLUMN history.classicmodels_employees.first_name IS 'Given name.';

COMMENT ON COLUMN history.classicmodels_employees.extension IS 'Telephone extension.';

COMMENT ON COLUMN history.classicmodels_employees.email IS 'E-mail address.';

COMMENT ON COLUMN history.classicmodels_employees.office_code IS 'Office the employee works at.';

COMMENT ON COLUMN history.classicmodels_employees.reports_to IS 'Employee number of the supervisor; NULL at the top.';

COMMENT ON COLUMN history.classicmodels_employees.job_title IS 'Job title.';

COMMENT ON COLUMN history.classicmodels_employees._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN history.classicmodels_employees._op IS 'r read by a snapshot, c insert, u update, d delete.';

COMMENT ON COLUMN history.classicmodels_employees._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN history.classicmodels_employees._captured_at IS 'When capture read the row, UTC.';

COMMENT ON COLUMN history.classicmodels_employees._partition IS 'Kafka partition the record came from.';

COMMENT ON COLUMN history.classicmodels_employees._offset IS 'Kafka offset of the record in its partition.';

COMMENT ON COLUMN history.classicmodels_employees._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN history.classicmodels_employees._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN history.classicmodels_employees._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE ops.touched_classicmodels_employees IS 'Keys of classicmodels_employees that loads changed and the star has not yet taken.';

COMMENT ON COLUMN ops.touched_classicmodels_employees.employee_number IS 'Key of the employee.';

COMMENT ON COLUMN ops.touched_classicmodels_employees.batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON TABLE mirror.classicmodels_employees IS 'Newest version of every key, deleted ones marked: Employees, sales representatives among them.';

COMMENT ON COLUMN mirror.classicmodels_employees.employee_number IS 'Key of the employee.';

COMMENT ON COLUMN mirror.classicmodels_employees.last_name IS 'Family name.';

COMMENT ON COLUMN mirror.classicmodels_employees.first_name IS 'Given name.';

COMMENT ON COLUMN mirror.classicmodels_employees.extension IS 'Telephone extension.';

COMMENT ON COLUMN mirror.classicmodels_employees.email IS 'E-mail address.';

COMMENT ON COLUMN mirror.classicmodels_employees.office_code IS 'Office the employee works at.';

COMMENT ON COLUMN mirror.classicmodels_employees.reports_to IS 'Employee number of the supervisor; NULL at the top.';

COMMENT ON COLUMN mirror.classicmodels_employees.job_title IS 'Job title.';

COMMENT ON COLUMN mirror.classicmodels_employees._version IS 'Place in the source''s history; the newest of a key wins.';

COMMENT ON COLUMN mirror.classicmodels_employees._deleted IS 'True once the source has deleted the row.';

COMMENT ON COLUMN mirror.classicmodels_employees._commit_at IS 'When the source committed the row, UTC.';

COMMENT ON COLUMN mirror.classicmodels_employees._raw IS 'Texts that their columns cannot hold, by column (docs/TYPES.md).';

COMMENT ON COLUMN mirror.classicmodels_employees._unmapped IS 'Source columns that the definition does not know.';

COMMENT ON COLUMN mirror.classicmodels_employees._batch IS 'Load that wrote the row (ops.batch).';

COMMENT ON VIEW source.classicmodels_employees IS 'Employees, sales representatives among them.';

COMMENT ON COLUMN source.classicmodels_employees.employee_number IS 'Key of the employee.';

COMMENT ON COLUMN source.classicmodels_employees.last_name IS 'Family name.';

COMMENT ON COLUMN source.classicmodels_employees.first_name IS 'Given name.';

COMMENT ON COLUMN source.classicmodels_employees.extension IS 'Telephone extension.';

COMMENT ON COLUMN source.classicmodels_employees.email IS 'E-mail address.';

COMMENT ON COLUMN source.classicmodels_employees.office_code IS 'Office the employee works at.';

COMMENT ON COLUMN source.classicmodels_employees.reports_to IS 'Employee number of the supervisor; NULL at the top.';

COMMENT ON COLUMN source.classicmodels_employees.job_title IS 'Job title.';
