import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { encoderCache } from "../../../lambdas/land-batch/encode-range.ts";
import { landBatch } from "../../../lambdas/land-batch/land-batch.ts";
import type { QuarantinedRecord } from "../../../lambdas/core/quarantine.ts";
import { CsvRecordReader } from "../../../localstack/services/sql/copy/csv-records.ts";
import { isLoadError, readRecord } from "../../../localstack/services/sql/copy/load-errors.ts";
import type { CopyOptions } from "../../../localstack/services/sql/copy/options.ts";
import type { ColumnKind, TargetColumn } from "../../../localstack/services/sql/copy/target.ts";
import { translate } from "../../../localstack/services/sql/statements/index.ts";
import type { FileDefinition } from "../../../schemas/hash.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { parseLandingKey } from "../../../schemas/naming.ts";
import { landingColumns } from "../../../schemas/sql/columns.ts";
import type { WarehouseType } from "../../../schemas/types/warehouse.ts";
import { bytesAlive, damage, damaged, runs } from "../../support/fuzz.ts";
import { mskEvent, recordText } from "../../support/loading/records.ts";
import { everything, lines, tags } from "../../support/loading/tables.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const GOOD = {
  id: 1, tiny: 1, smallU: 65535, medium: -1, intU: 4294967295, big: "9223372036854775807", bigU: "18446744073709551615", dec: "1.5000000000",
  wideDec: "1.5", f32: 3.5, f64: -0, day: "2024-02-29", moment: "2024-02-29 01:02:03.5", instant: "2024-02-29T01:02:03Z", span: "-838:59:59",
  yr: 0, label: 'd"e', labels: "x,y", text: 'a,"b"\nc', bit1: 1, bits: "18446744073709551615", bin: "AAECAA==", blob: "", doc: '{"a":[1,"x"]}',
}; // prettier-ignore
const TABLES: readonly { readonly table: AnyTable; readonly row: Readonly<Record<string, string | number>> }[] = [
  { table: everything, row: GOOD },
  { table: tags, row: { orderId: 7, tag: "a ", note: "n" } },
  { table: lines, row: { text: "one line" } },
];

/** Any value in a good row's place: what other producers, other versions and accidents write. */
const anyField = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.stringMatching(/^[-0-9.:eE TZ+]{0,12}$/),
  fc.constantFrom(
    "0000-00-00",
    "24:00:00",
    "1e999",
    "\ud800",
    "a\udc81",
    "@NULL@",
    "AQ==",
    "{",
    '"',
    "\\u0000",
    '"\\ud800"',
    "9".repeat(70),
    null,
  ),
  fc.double(),
);
const anyRow = (row: Readonly<Record<string, unknown>>) =>
  fc
    .array(fc.tuple(fc.constantFrom(...Object.keys(row), "unknown", "__proto__", "constructor"), anyField), {
      maxLength: 4,
    })
    .map((changes) => Object.fromEntries([...Object.entries(row), ...changes]));

const anyChange = fc.constantFrom(...TABLES).chain(({ table, row }) =>
  fc.record({
    table: fc.constant(table),
    texts: fc.array(
      fc.oneof(
        fc
          .tuple(anyRow(row), fc.constantFrom("c", "u", "d", "r"))
          .map(([changed, op]) => Buffer.from(recordText(table, { op: op as "c", at: 100, row: changed as never }))),
        fc
          .tuple(anyRow(row), damage)
          .map(([changed, bad]) =>
            damaged(Buffer.from(recordText(table, { op: "c", at: 100, row: changed as never })), bad),
          ),
        fc
          .tuple(fc.constant(recordText(table, { op: "t", at: 5, kind: "truncate", id: "x" })), damage)
          .map(([text, bad]) => damaged(Buffer.from(text), bad)),
        fc.json().map((text) => Buffer.from(text)),
      ),
      { minLength: 1, maxLength: 6 },
    ),
  }),
);

const KINDS: Readonly<Record<WarehouseType["name"], ColumnKind>> = {
  SMALLINT: "int2", INTEGER: "int4", BIGINT: "int8", REAL: "float4", "DOUBLE PRECISION": "float8", BOOLEAN: "bool", SUPER: "super",
  DATE: "date", TIMESTAMP: "timestamp", TIMESTAMPTZ: "timestamptz", NUMERIC: "numeric", VARCHAR: "varchar", VARBYTE: "varbyte",
}; // prettier-ignore

const targets = (table: AnyTable): readonly TargetColumn[] =>
  landingColumns(table).map(({ name, type }) => ({
    name,
    kind: KINDS[type.name],
    bytes: "bytes" in type ? type.bytes : null,
    precision: "precision" in type ? type.precision : 0,
    scale: "scale" in type ? type.scale : 0,
    notNull: false,
  }));

function copyOptions(nullMarker: string): CopyOptions {
  const plan = translate(`COPY t FROM 's3://b/k' IAM_ROLE default CSV NULL AS '${nullMarker}'`);
  if (plan.kind !== "copy") throw new Error("COPY was expected");
  return plan.options;
}

async function land(table: AnyTable, texts: readonly Buffer[]) {
  const [landing, quarantine] = [memoryStore("landing"), memoryStore("quarantine")];
  const event = mskEvent(
    table,
    texts.map(() => "x"),
  );
  const records = Object.values(event.records)[0] ?? [];
  texts.forEach((text, i) => Object.assign(records[i] ?? {}, { value: text.toString("base64") }));
  const settings = { cluster: "c", wakeSlotSeconds: 10, tables: [table], encoders: encoderCache(1) };
  await landBatch(event, settings, {
    landing,
    quarantine,
    wake: async () => undefined,
    telemetry: recordingTelemetry(),
    now: () => 0,
  });
  const refused = [...quarantine.objects.values()].flatMap(({ body }) =>
    String(body)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as QuarantinedRecord),
  );
  return { landing, refused };
}

/** What the warehouse's own reader says of a landed file; and its rows. */
function refusedByCopy(
  file: FileDefinition,
  body: Buffer,
): { readonly rows: number; readonly errors: readonly string[] } {
  const reader = new CsvRecordReader(",", '"', 0);
  const options = copyOptions(file.nullMarker);
  const columns = targets(file.table);
  const records = [...reader.read(body), ...reader.end()];
  const errors = records.flatMap((record) => {
    const reading = readRecord(record, columns, options, "f");
    return reading !== null && isLoadError(reading)
      ? [`${reading.column?.name ?? ""}: ${reading.message} in ${reading.rawLine}`]
      : [];
  });
  return { rows: records.length, errors };
}

describe("records of any bytes", () => {
  it("are landed as lines that COPY reads, or are in quarantine, whole and with a sentence", async () => {
    await fc.assert(
      fc.asyncProperty(anyChange, async ({ table, texts }) => {
        const { landing, refused } = await land(table, texts);
        let rows = 0;
        for (const [key, { body }] of landing.objects) {
          const place = parseLandingKey(key);
          if (place === null) continue;
          const stored = landing.objects.get(`definitions/${place.definition}.json`);
          const own = fileDefinition(table);
          const file =
            definitionHash(own) === place.definition ? own : (JSON.parse(String(stored?.body)) as FileDefinition);
          const read = refusedByCopy(file, gunzipSync(body));
          expect(read).toEqual({ rows: place.rows, errors: [] });
          rows += place.rows;
        }
        const empty = texts.filter((text) => text.length === 0).length;
        expect(rows + refused.length + empty).toBe(texts.length);
        for (const { offset, reason, value } of refused) {
          expect(reason).toMatch(/\w+ \w+/);
          expect(value).toBe(texts[offset]?.toString("base64"));
        }
      }),
      runs(500),
    );
  }, 120_000);

  it("leave nothing behind in memory", async () => {
    const batches = fc.sample(anyChange, { ...runs(100), numRuns: 100 });
    const round = async () => {
      for (const { table, texts } of batches) await land(table, texts);
    };
    await round();
    const before = await bytesAlive();
    for (let i = 0; i < 5; i += 1) await round();
    expect((await bytesAlive()) - before).toBeLessThan(8_000_000);
  }, 120_000);
});
