/** A column of each type, and values for it: the usual ones and those at the ends. SQL literals. */
export interface Sample {
  readonly name: string;
  readonly ddl: string;
  readonly values: readonly string[];
  /** A snapshot by Debezium ends at such a value. */
  readonly changesOnly?: boolean;
}

const hex = (...bytes: readonly number[]): string => `x'${Buffer.from(bytes).toString("hex")}'`;
const MAX_DECIMAL = `${"9".repeat(35)}.${"9".repeat(30)}`;

export const SAMPLES: readonly Sample[] = [
  { name: "tiny", ddl: "TINYINT", values: ["-128", "0", "127"] },
  { name: "flag", ddl: "TINYINT(1)", values: ["0", "1", "127"] },
  { name: "tiny_u", ddl: "TINYINT UNSIGNED", values: ["0", "200", "255"] },
  { name: "small", ddl: "SMALLINT", values: ["-32768", "32767"] },
  { name: "small_u", ddl: "SMALLINT UNSIGNED", values: ["0", "65535"] },
  { name: "medium", ddl: "MEDIUMINT", values: ["-8388608", "8388607"] },
  { name: "medium_u", ddl: "MEDIUMINT UNSIGNED", values: ["0", "16777215"] },
  { name: "whole", ddl: "INT", values: ["-2147483648", "2147483647"] },
  { name: "whole_u", ddl: "INT UNSIGNED", values: ["0", "4294967295"] },
  { name: "big", ddl: "BIGINT", values: ["-9223372036854775808", "9007199254740993", "9223372036854775807"] },
  { name: "big_u", ddl: "BIGINT UNSIGNED", values: ["0", "9007199254740993", "18446744073709551615"] },
  { name: "money", ddl: "DECIMAL(10,2)", values: ["-12345678.90", "0.05", "99999999.99"] },
  { name: "exact", ddl: "DECIMAL(38,10)", values: ["0.0000000001", `-${"9".repeat(28)}.5`] },
  { name: "wide", ddl: "DECIMAL(65,30)", values: ["1.000000000000000000000000000001", MAX_DECIMAL] },
  { name: "f32", ddl: "FLOAT", values: ["3.14159", "1e-45", "3.4028234e38", "16777217"] },
  { name: "f64", ddl: "DOUBLE", values: ["0.1", "5e-324", "1.7976931348623157e308", "1e21"] },
  { name: "day", ddl: "DATE", values: ["'2024-02-29'", "'1000-01-01'", "'9999-12-31'"] },
  { name: "moment", ddl: "DATETIME", values: ["'2024-02-29 23:59:59'", "'1000-01-01 00:00:00'"] },
  {
    name: "moment6",
    ddl: "DATETIME(6)",
    values: ["'2024-02-29 23:59:59.123456'", "'2024-01-01 00:00:00.100000'", "'1999-12-31 12:00:00'"],
  },
  { name: "stamp", ddl: "TIMESTAMP", values: ["'1970-01-01 00:00:01'", "'2024-07-01 12:30:00'"] },
  { name: "stamp6", ddl: "TIMESTAMP(6)", values: ["'2024-07-01 12:30:00.000001'", "'2038-01-19 03:14:07.5'"] },
  { name: "span", ddl: "TIME", values: ["'12:34:56'", "'-838:59:59'", "'838:59:59'", "'00:00:00'"] },
  { name: "span6", ddl: "TIME(6)", values: ["'12:34:56.5'", "'-00:00:00.000001'", "'100:00:00.123456'"] },
  { name: "yr", ddl: "YEAR", values: ["1901", "2155"] },
  { name: "zero_year", ddl: "YEAR", values: ["'0000'"], changesOnly: true },
  { name: "zero_day", ddl: "DATE", values: ["'0000-00-00'", "'2024-02-00'"] },
  {
    name: "zero_moment",
    ddl: "DATETIME(3)",
    values: ["'0000-00-00 00:00:00'", "'2024-00-00 10:00:00'"],
  },
  { name: "zero_stamp", ddl: "TIMESTAMP", values: ["'0000-00-00 00:00:00'"] },
  { name: "code", ddl: "CHAR(5)", values: ["'ab'", "'ab  '", "''"] },
  { name: "word", ddl: "VARCHAR(60)", values: ["'Ünïcödé 漢字 😀'", "'a\\nb\\t\"c\\\\'", "''", "'trailing  '"] },
  { name: "nul", ddl: "VARCHAR(20)", values: ["CONCAT('a', CHAR(0), 'b')"] },
  { name: "latin", ddl: "VARCHAR(20) CHARACTER SET latin1", values: ["'€ é'", "'ÿ'"] },
  { name: "long_text", ddl: "MEDIUMTEXT", values: ["REPEAT('x€', 5000)"] },
  { name: "choice", ddl: "ENUM('a','b,c','it''s','d\"e')", values: ["'a'", "'b,c'", "'it''s'", "'d\"e'"] },
  { name: "no_choice", ddl: "ENUM('a','b')", values: ["'zzz'"] },
  { name: "choices", ddl: "SET('x','y','z')", values: ["''", "'x'", "'x,z'"] },
  { name: "bit1", ddl: "BIT(1)", values: ["0", "1"] },
  { name: "bits", ddl: "BIT(9)", values: ["0", "1", "511", "256"] },
  { name: "bit64", ddl: "BIT(64)", values: ["0", "18446744073709551615", "9007199254740993"] },
  { name: "fixed", ddl: "BINARY(4)", values: [hex(1, 2), hex(0, 0, 0, 0), hex(255, 0, 255, 0)] },
  { name: "loose", ddl: "VARBINARY(20)", values: [hex(), hex(0), hex(0, 255, 10)] },
  { name: "blob_", ddl: "BLOB", values: [hex(0, 1, 2, 3, 250, 251), "REPEAT(x'00ff', 2000)"] },
  {
    name: "doc",
    ddl: "JSON",
    values: [`'{"b": 1, "a": [1.50, null, "ü"]}'`, "'[]'", `'"text"'`, "'12345678901234567890'"],
  },
];
