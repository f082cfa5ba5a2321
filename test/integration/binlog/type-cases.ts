import type { FieldValue } from "../../../lambdas/core/record.ts";

/** A column type and values at its limits: SQL text and, where it is worth writing down, the record's value. */
export interface TypeCase {
  readonly type: string;
  readonly values: readonly (readonly [sql: string, record?: FieldValue])[];
  /** Only on this flavour; else on both. */
  readonly only?: "mysql" | "mariadb";
}

const int = (type: string, ...values: readonly number[]): TypeCase => ({
  type,
  values: [...values.map((v) => [String(v), v] as const), ["NULL", null]],
});

const text = (type: string, ...values: readonly string[]): TypeCase => ({
  type,
  values: values.map((v) => [`_utf8mb4 x'${Buffer.from(v).toString("hex")}'`, v]),
});

const bytes = (type: string, length: number | null, ...values: readonly string[]): TypeCase => ({
  type,
  values: values.map((hex) => {
    const stored = Buffer.alloc(length ?? hex.length / 2);
    Buffer.from(hex, "hex").copy(stored);
    return [hex === "" ? "''" : `x'${hex}'`, stored.toString("base64")];
  }),
});

const quoted = (type: string, ...values: readonly (readonly [stored: string, record?: string])[]): TypeCase => ({
  type,
  values: [...values.map(([stored, record]) => [`'${stored}'`, record ?? stored] as const), ["NULL", null]],
});

const numbers: readonly TypeCase[] = [
  int("TINYINT", -128, -1, 0, 1, 2, 127),
  int("TINYINT(1)", 0, 1, 2, 127),
  int("TINYINT UNSIGNED", 0, 128, 255),
  int("SMALLINT", -32_768, 32_767),
  int("SMALLINT UNSIGNED", 0, 40_000, 65_535),
  int("MEDIUMINT", -8_388_608, -1, 8_388_607),
  int("MEDIUMINT UNSIGNED", 0, 16_777_215),
  int("INT", -2_147_483_648, -1, 0, 9, 10, 99, 100, 999, 1000, 2_147_483_647),
  int("INT UNSIGNED", 0, 2_147_483_648, 4_294_967_295),
  int("INT(8) ZEROFILL", 0, 42, 12_345_678),
  {
    type: "BIGINT",
    values: [
      ["-9223372036854775808", "-9223372036854775808"],
      ["9223372036854775807", "9223372036854775807"],
      ["9007199254740991", 9_007_199_254_740_991],
      ["9007199254740992", "9007199254740992"],
      ["-9007199254740991", -9_007_199_254_740_991],
      ["-9007199254740992", "-9007199254740992"],
      ["4294967296", 4_294_967_296],
      ["-4294967297", -4_294_967_297],
      ["10000000000", 10_000_000_000],
    ],
  },
  {
    type: "BIGINT UNSIGNED",
    values: [
      ["0", 0],
      ["18446744073709551615", "18446744073709551615"],
      ["9223372036854775808", "9223372036854775808"],
      ["9007199254740991", 9_007_199_254_740_991],
    ],
  },
  quoted("DECIMAL(10,2)", ["0.00"], ["-0.05"], ["12345678.90"], ["-99999999.99"], ["0.10"], ["-0.00", "0.00"]),
  quoted("DECIMAL(8,3) ZEROFILL", ["0.000"], ["42.500"]),
  quoted("DECIMAL(9,9)", ["0.000000001"], ["-0.999999999"]),
  quoted("DECIMAL(9,0)", ["0"], ["-1"], ["999999999"]),
  quoted("DECIMAL(38,10)", ["1234567890123456789012345678.0123456789"], ["-1.0000000001"]),
  quoted("DECIMAL(65,30)", [`${"9".repeat(35)}.${"9".repeat(30)}`], [`-1.${"0".repeat(29)}1`], [`0.${"0".repeat(30)}`]),
  quoted("DECIMAL(65,0)", ["9".repeat(65)], [`-1${"0".repeat(18)}`]),
  {
    type: "FLOAT",
    values: [
      ["3.14159", 3.14159],
      ["0", 0],
      ["-1.5", -1.5],
      ["3.4028235e38", 3.4028235e38],
      ["1.17549435e-38", 1.1754944e-38],
      ["1.4e-45", 1e-45],
      ["16777216", 16_777_216],
      ["16777217", 16_777_216],
      ["0.1", 0.1],
      ["123456.789", 123_456.79],
      ["1e10", 10_000_000_000],
    ],
  },
  {
    type: "DOUBLE",
    values: [
      ["3.14159", 3.14159],
      ["1.7976931348623157e308", 1.797_693_134_862_315_7e308],
      ["2.2250738585072014e-308", 2.225_073_858_507_201_4e-308],
      ["5e-324", 5e-324],
      ["-0.1", -0.1],
      ["1e21", 1e21],
      ["123456789012345680000", 123_456_789_012_345_680_000],
    ],
  },
  {
    type: "BIT(1)",
    values: [
      ["b'0'", 0],
      ["b'1'", 1],
    ],
  },
  {
    type: "BIT(64)",
    values: [
      ["b'0'", 0],
      ["18446744073709551615", "18446744073709551615"],
    ],
  },
  {
    type: "BIT(9)",
    values: [
      ["b'100000001'", 257],
      ["5", 5],
    ],
  },
  int("YEAR", 0, 1901, 2024, 2155),
];

const times: readonly TypeCase[] = [
  quoted(
    "DATE",
    ["2024-02-29"],
    ["1000-01-01"],
    ["9999-12-31"],
    ["0000-00-00"],
    ["2024-00-00"],
    ["2024-02-31"],
    ["0001-01-01"],
  ),
  quoted(
    "DATETIME",
    ["2024-02-29 23:59:59"],
    ["0000-00-00 00:00:00"],
    ["9999-12-31 23:59:59"],
    ["2024-02-00 01:02:03"],
  ),
  ...[1, 2, 3, 4, 5, 6].flatMap((fsp) => {
    const fraction = "987654".slice(0, fsp);
    const zeros = "0".repeat(fsp);
    return [
      quoted(`DATETIME(${fsp})`, [`2024-02-29 23:59:59.${fraction}`], [`1000-01-01 00:00:00.${zeros}`]),
      quoted(
        `TIME(${fsp})`,
        [`-00:00:00.${fraction}`],
        [`12:34:56.${fraction}`],
        [`-838:59:58.${fraction}`],
        [`838:59:59.${zeros}`],
      ),
      quoted(
        `TIMESTAMP(${fsp}) NULL`,
        [`2024-02-29 23:59:59.${fraction}`, `2024-02-29T23:59:59.${fraction}Z`],
        [`1970-01-01 00:00:01.${zeros}`, `1970-01-01T00:00:01.${zeros}Z`],
      ),
    ];
  }),
  quoted("TIME", ["00:00:00"], ["-00:00:01"], ["838:59:59"], ["-838:59:59"], ["23:59:59"], ["100:00:00"]),
  quoted(
    "TIMESTAMP NULL",
    ["2038-01-19 03:14:07", "2038-01-19T03:14:07Z"],
    ["1970-01-01 00:00:01", "1970-01-01T00:00:01Z"],
    ["2000-02-29 12:00:00", "2000-02-29T12:00:00Z"],
    ["0000-00-00 00:00:00"],
  ),
];

const awkward = [
  'quote " backslash \\ slash /',
  "tab\tcr\r\nnul\0bell\u0007del\u007f",
  "é ü ñ ß",
  " blanks  ",
] as const;

const strings: readonly TypeCase[] = [
  text("VARCHAR(100) CHARACTER SET utf8mb4", "", "plain", ...awkward, "😀 \u2028 \ufeff 漢字", "x".repeat(100)),
  text("VARCHAR(300) CHARACTER SET utf8mb4", "a", "y".repeat(300)),
  text("VARCHAR(20) CHARACTER SET utf8mb3", "é漢字"),
  text("CHAR(10) CHARACTER SET utf8mb4", "", "abc", "漢字", "tail\t"),
  text("CHAR(255) CHARACTER SET utf8mb4", "long", "漢".repeat(255)),
  text("TINYTEXT", "", "short"),
  text("TEXT", ...awkward, "z".repeat(60_000)),
  text("MEDIUMTEXT", "漢".repeat(30_000)),
  text("LONGTEXT", "medium", '"'.repeat(10_000)),
  text("VARCHAR(60) CHARACTER SET latin1", "é€ÿ", "\u0081", ...awkward),
  text("VARCHAR(20) CHARACTER SET ascii", "ascii only"),
  text("VARCHAR(20) CHARACTER SET ucs2", "é漢"),
  text("VARCHAR(20) CHARACTER SET utf16", "é漢😀"),
  text("VARCHAR(20) CHARACTER SET utf16le", "é漢😀"),
  text("VARCHAR(20) CHARACTER SET utf32", "é漢😀"),
  text("VARCHAR(20) CHARACTER SET latin2", "ąęł"),
  text("VARCHAR(20) CHARACTER SET cp1251", "Привет"),
  text("VARCHAR(20) CHARACTER SET koi8r", "Привет"),
  text("VARCHAR(20) CHARACTER SET greek", "αβγ"),
  text("VARCHAR(20) CHARACTER SET gbk", "漢字中文"),
  text("VARCHAR(20) CHARACTER SET gb2312", "中文"),
  text("VARCHAR(20) CHARACTER SET big5", "漢字"),
  text("VARCHAR(20) CHARACTER SET sjis", "漢字かな"),
  text("VARCHAR(20) CHARACTER SET cp932", "漢字かな"),
  text("VARCHAR(20) CHARACTER SET ujis", "漢字かな"),
  text("VARCHAR(20) CHARACTER SET euckr", "한국어"),
  text("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "Case"),
  bytes("BINARY(4)", 4, "", "00", "61", "61000000", "ffffffff"),
  bytes("BINARY(255)", 255, "", "6162"),
  bytes("VARBINARY(10)", null, "", "00", "6100", "ff00ff"),
  bytes("VARBINARY(300)", null, "ab".repeat(300)),
  bytes("TINYBLOB", null, "00ff"),
  bytes("BLOB", null, "", "00".repeat(10), "89504e47"),
  bytes("MEDIUMBLOB", null, "cafe".repeat(20_000)),
  bytes("LONGBLOB", null, "01"),
  {
    type: "ENUM('a','it''s','comma,','ü','')",
    values: [
      ["'a'", "a"],
      ["'it''s'", "it's"],
      ["'comma,'", "comma,"],
      ["'ü'", "ü"],
      ["'nothing like it'", ""],
      ["''", ""],
      ["NULL", null],
    ],
  },
  {
    type: `ENUM(${Array.from({ length: 300 }, (_, i) => `'l${i}'`).join(",")})`,
    values: [
      ["'l0'", "l0"],
      ["'l299'", "l299"],
    ],
  },
  {
    type: "ENUM('é','b') CHARACTER SET latin1",
    values: [
      ["'é'", "é"],
      ["'b'", "b"],
    ],
  },
  {
    type: "SET('a','b''c','ü')",
    values: [
      ["''", ""],
      ["'a'", "a"],
      ["'a,ü'", "a,ü"],
      ["7", "a,b'c,ü"],
      ["NULL", null],
    ],
  },
  {
    type: `SET(${Array.from({ length: 64 }, (_, i) => `'s${i}'`).join(",")})`,
    values: [
      ["'s63'", "s63"],
      ["'s0,s8,s63'", "s0,s8,s63"],
    ],
  },
];

const json: readonly TypeCase[] = [
  {
    type: "JSON",
    only: "mysql",
    values: [
      [
        `'{"b": 1, "aa": {"x": [1, 2.5, "s", null, true, false]}, "": ""}'`,
        '{"":"","b":1,"aa":{"x":[1,2.5,"s",null,true,false]}}',
      ],
      ["'[]'", "[]"],
      ["'{}'", "{}"],
      ["'null'", "null"],
      ["NULL", null],
      [`'"a \\\\"quoted\\\\" text, with: signs"'`, '"a \\"quoted\\" text, with: signs"'],
      ["JSON_ARRAY(1.50, -0.05, 12345678901234567890.123)", "[1.50,-0.05,12345678901234567890.123]"],
      ["JSON_ARRAY(1e0, 1.5e20, 1e-7, 0.1e0)", "[1.0,1.5e20,0.0000001,0.1]"],
      [
        "JSON_ARRAY(18446744073709551615, -9223372036854775808, 65535, 65536, -32769, 4294967295, 4294967296)",
        "[18446744073709551615,-9223372036854775808,65535,65536,-32769,4294967295,4294967296]",
      ],
      [
        "JSON_ARRAY(DATE'2015-01-15', TIMESTAMP'2015-01-15 23:24:25.12', CAST('-12:12:12.5' AS TIME(1)))",
        '["2015-01-15","2015-01-15 23:24:25.120000","-12:12:12.500000"]',
      ],
      [`JSON_ARRAY(REPEAT(x'61', 120))`, `["base64:type15:${"YWFh".repeat(19)}\\n${"YWFh".repeat(19)}\\nYWFhYWFh"]`],
      [`JSON_OBJECT('k', REPEAT('x', 70000), 'l', JSON_ARRAY(1, 100000, -5))`],
      [`'"é 😀 \\\\u0001 \\\\n / \\\\u2028"'`, '"é 😀 \\u0001 \\n / \u2028"'],
    ],
  },
  // MariaDB's JSON is text as it was written.
  {
    type: "JSON",
    only: "mariadb",
    values: [
      [`'{"b": 1,  "a": [1.50]}'`, '{"b": 1,  "a": [1.50]}'],
      ["'null'", "null"],
    ],
  },
];

export const TYPE_CASES: readonly TypeCase[] = [...numbers, ...times, ...strings, ...json];
