import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MillraceError } from "../../../lambdas/core/errors.ts";
import { csvRecords } from "../../../lambdas/core/csv-lines.ts";
import { resolveDefinition } from "../../../lambdas/core/file-definition.ts";
import { CsvRecordReader } from "../../../localstack/services/sql/copy/csv-records.ts";
import { readRecord } from "../../../localstack/services/sql/copy/load-errors.ts";
import { findSources } from "../../../localstack/services/sql/copy/sources.ts";
import type { ColumnKind, TargetColumn } from "../../../localstack/services/sql/copy/target.ts";
import { SqlError } from "../../../localstack/services/sql/errors.ts";
import { translate } from "../../../localstack/services/sql/statements/index.ts";
import { fileDefinition } from "../../../schemas/hash.ts";
import { manifestText } from "../../../schemas/sql/copy.ts";
import { bytesAlive, damage, damaged, runs } from "../../support/fuzz.ts";
import { orders } from "../../support/loading/tables.ts";

const ALL: readonly ColumnKind[] = [
  "int2", "int4", "int8", "numeric", "float4", "float8", "bool", "date", "timestamp", "timestamptz", "time", "varchar", "bpchar", "super", "varbyte",
]; // prettier-ignore
const column = (kind: ColumnKind): TargetColumn => ({
  name: kind,
  kind,
  bytes: 5,
  precision: 10,
  scale: 2,
  notNull: false,
});

const copy = translate("COPY t FROM 's3://b/m' IAM_ROLE default MANIFEST CSV NULL AS '@NULL@'");
if (copy.kind !== "copy") throw new Error("COPY was expected");
const { options } = copy;

/** Texts that look like landing files, and bytes that look like nothing. */
const anyFile = fc.oneof(
  fc.stringMatching(/^([a-z0-9",\n\r:.\-{}]{0,20}){0,6}$/).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return null;
  } catch (error) {
    return error;
  }
}

describe("files of any bytes", () => {
  it("are rows or errors with a sentence, whatever the pieces they come in", () => {
    fc.assert(
      fc.property(anyFile, fc.integer({ min: 1, max: 50 }), fc.shuffledSubarray([...ALL]), (file, size, kinds) => {
        const readIn = (step: number): string => {
          const reader = new CsvRecordReader(",", '"', 0);
          const found = [];
          for (let at = 0; at < file.length; at += step) found.push(...reader.read(file.subarray(at, at + step)));
          found.push(...reader.end());
          return JSON.stringify(found.map((record) => readRecord(record, kinds.map(column), options, "f")));
        };
        expect(readIn(size)).toBe(readIn(1_000));
      }),
      runs(800),
    );
  });

  it("are cut into records that add up to the file", () => {
    fc.assert(
      fc.property(anyFile, (file) => {
        const text = file.toString("latin1");
        const records = [...csvRecords(text)];
        expect(records.map((record) => record.text).join("")).toBe(text);
        for (const [i, { firstLine }] of records.entries()) expect(firstLine).toBe((records[i - 1]?.lastLine ?? 0) + 1);
      }),
      runs(800),
    );
  });

  it("with a quote that nobody closes end at the longest row, not at the end of memory", async () => {
    const reader = new CsvRecordReader(",", '"', 0);
    const piece = Buffer.alloc(1_000_000, "x");
    const before = await bytesAlive();
    const readAll = (): void => {
      expect([...reader.read(Buffer.from('1,"'))]).toEqual([]);
      for (let i = 0; i < 100; i += 1) expect([...reader.read(piece)]).toEqual([]);
    };
    expect(readAll).toThrow(SqlError);
    expect((await bytesAlive()) - before).toBeLessThan(20_000_000);
  });
});

describe("manifests of any bytes", () => {
  const good = Buffer.from(manifestText("b", ["landing/a.csv.gz", "landing/ä b.csv.gz"]));
  const anyManifest = fc.oneof(
    damage.map((bad) => damaged(good, bad)),
    fc.json().map((text) => Buffer.from(text)),
    fc.jsonValue().map((entry) => Buffer.from(JSON.stringify({ entries: [entry] }))),
  );

  it("name files or are refused with a sentence", async () => {
    await fc.assert(
      fc.asyncProperty(anyManifest, async (body) => {
        const objects = { read: async () => Readable.from([body]), list: async () => [], write: async () => undefined };
        const error = await failure(findSources(objects, options));
        if (error === null) return;
        expect(error).toBeInstanceOf(SqlError);
        expect((error as SqlError).message).toMatch(/^Problem reading manifest file - .+/);
      }),
      runs(500),
    );
  });
});

describe("stored definitions of any bytes", () => {
  const good = Buffer.from(JSON.stringify({ ...fileDefinition(orders), nullMarker: "@NULL1@" }));

  it("are refused with a sentence unless they are what their hash says", async () => {
    const anyBody = fc.oneof(
      damage.map((bad) => damaged(good, bad)),
      fc.json().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const landing = { bucket: "b", get: async () => ({ body, etag: "e" }) };
        const error = await failure(resolveDefinition("0123456789abcdef", orders, landing));
        expect(error).toBeInstanceOf(MillraceError);
        expect((error as MillraceError).message).toMatch(/s3:\/\/b\/.+/);
      }),
      runs(300),
    );
  });
});
