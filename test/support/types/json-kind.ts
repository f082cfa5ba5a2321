import type { Random } from "../../../localstack/demo/generator/random.ts";
import type { Kind } from "./kinds.ts";
import { anyText } from "./text-kinds.ts";

const quoteSql = (text: string): string => `_utf8mb4 x'${Buffer.from(text).toString("hex")}'`;

function anyNumber(random: Random): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.int(0, 2 ** 32 - 1));
  view.setUint32(4, random.int(0, 2 ** 32 - 1));
  const any = view.getFloat64(0);
  return random.pick([
    "0", "-1", "65535", "65536", "-32769", "4294967296", "9223372036854775807", "18446744073709551615", "1.0", "1.50", "1e5", "1e15", "1e16",
    "-0.0", "1.5e-7", "1e-14", "1e-15", "123456789012345.6", "1234567890123456.7", "0.1", "5e-324", "1.7976931348623157e308",
    Number.isFinite(any) ? String(any) : "3.5", String(random.next() * 10 ** random.int(-20, 25)),
  ]); // prettier-ignore
}

function anyJson(random: Random, depth: number): string {
  const shape = random.int(0, depth > 3 ? 4 : 6);
  if (shape === 0) return random.pick(["null", "true", "false"]);
  if (shape <= 2) return anyNumber(random);
  if (shape <= 4) return JSON.stringify(anyText(random, 20, true).replaceAll("\0", "n"));
  const size = random.pick([0, 1, 3]);
  const items = Array.from({ length: size }, () => anyJson(random, depth + 1));
  if (shape === 5) return `[${items.join(random.pick([",", ", "]))}]`;
  const names = random.shuffled(["b", "aa", "", "é", "a b", "A", "10", "9"]);
  return `{${items.map((item, i) => `${JSON.stringify(names[i])}: ${item}`).join(", ")}}`;
}

/** Values that only MySQL's own functions make: decimals, times and bytes inside documents. */
const SPECIAL = [
  "JSON_ARRAY(1.50, -0.05, 12345678901234567890.123, 0.000)",
  "JSON_ARRAY(DATE'2015-01-15', TIMESTAMP'2015-01-15 23:24:25.12', CAST('-12:12:12.5' AS TIME(1)), CAST(x'00ff' AS BINARY))",
  "JSON_OBJECT('k', REPEAT('x', 60000), 'l', JSON_ARRAY(1, 100000, -5))",
];

export const jsonKind =
  (flavour: "mysql" | "mariadb"): Kind =>
  (random) => ({
    ddl: "JSON",
    keyable: false,
    value: () => {
      if (flavour === "mysql" && random.chance(0.2)) return { sql: random.pick(SPECIAL) };
      const text = anyJson(random, 0);
      return flavour === "mariadb" ? { sql: quoteSql(text), record: text } : { sql: quoteSql(text) };
    },
  });
