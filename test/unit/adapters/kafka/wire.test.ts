import { describe, expect, it } from "@jest/globals";
import { gunzipSync } from "node:zlib";
import { crc32c } from "../../../../lambdas/adapters/kafka/wire/crc32c.ts";
import { murmur2, partitionOf } from "../../../../lambdas/adapters/kafka/wire/murmur2.ts";
import { RecordBatch } from "../../../../lambdas/adapters/kafka/producer/record-batch.ts";
import { PartitionQueue, BatchPool } from "../../../../lambdas/adapters/kafka/producer/partition.ts";

describe("CRC-32C", () => {
  // RFC 3720, B.4.
  it.each([
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    [Buffer.from("123456789"), 0xe3069283],
  ])("%p", (bytes, expected) => expect(crc32c(bytes)).toBe(expected));

  it("of a part is that of the part", () => {
    const bytes = Buffer.from("xx123456789yy");
    expect(crc32c(bytes, 2, 11)).toBe(0xe3069283);
  });
});

describe("partitions", () => {
  // The Java client's own vectors (UtilsTest.testMurmur2).
  it.each([
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ])("murmur2 of %s", (text, expected) => {
    const bytes = Buffer.from(`__${text}__`);
    expect(murmur2(bytes, 2, bytes.length - 2)).toBe(expected);
  });

  it("are never negative", () => {
    for (let i = 0; i < 500; i += 1) {
      const key = Buffer.from(`key ${i}`);
      const partition = partitionOf(key, 0, key.length, 7);
      expect(partition >= 0 && partition < 7).toBe(true);
    }
  });
});

/** Reads back what a batch holds: varints and all. */
function recordsIn(bytes: Buffer, count: number): { key: string | null; value: string; offset: number }[] {
  let at = 0;
  const varint = (): number => {
    let raw = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      raw += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    }
  };
  const text = (length: number): string => bytes.toString("utf8", at, (at += length));
  return Array.from({ length: count }, () => {
    const length = varint();
    const end = at + length;
    at += 1;
    varint();
    const offset = varint();
    const keyLength = varint();
    const key = keyLength < 0 ? null : text(keyLength);
    const value = text(varint());
    expect([varint(), at]).toEqual([0, end]);
    return { key, value, offset };
  });
}

describe("record batches", () => {
  const from = Buffer.from('key{"value":1}');
  const fill = (batch: RecordBatch, records: number): void => {
    for (let i = 0; i < records; i += 1)
      batch.append(from, i % 2 === 0 ? 0 : -1, 3, 3, from.length, 1_700_000_000_000 + i);
  };

  it("have the header of format 2 and a checksum over what follows it", () => {
    const batch = new RecordBatch(64);
    fill(batch, 100);
    const bytes = batch.seal({ id: 42n, epoch: 3 }, 7, "none");
    expect(bytes.readInt32BE(8)).toBe(bytes.length - 12);
    expect(bytes[16]).toBe(2);
    expect(bytes.readUInt32BE(17)).toBe(crc32c(bytes, 21));
    expect([bytes.readInt32BE(23), bytes.readBigInt64BE(27), bytes.readBigInt64BE(35)]).toEqual([
      99,
      1_700_000_000_000n,
      1_700_000_000_099n,
    ]);
    expect([bytes.readBigInt64BE(43), bytes.readInt16BE(51), bytes.readInt32BE(53), bytes.readInt32BE(57)]).toEqual([
      42n,
      3,
      7,
      100,
    ]);
    const records = recordsIn(bytes.subarray(61), 100);
    expect(records).toEqual(
      records.map((_, i) => ({ key: i % 2 === 0 ? "key" : null, value: '{"value":1}', offset: i })),
    );
    expect(batch.seal({ id: 1n, epoch: 1 }, 1, "none")).toBe(bytes);
  });

  it("hold the same records compressed", () => {
    const batch = new RecordBatch(4096);
    fill(batch, 50);
    const bytes = batch.seal({ id: 1n, epoch: 0 }, 0, "gzip");
    expect(bytes.readInt16BE(21)).toBe(1);
    expect(recordsIn(gunzipSync(bytes.subarray(61)), 50)).toHaveLength(50);
  });

  it("take a record larger than themselves, alone", () => {
    const queue = new PartitionQueue("t", 0, new BatchPool(128));
    const large = Buffer.alloc(1000, 97);
    queue.append(from, 0, 3, 3, from.length, 1);
    queue.append(large, -1, -1, 0, 1000, 1);
    expect(queue.take().count).toBe(1);
    queue.acknowledged();
    expect(queue.take().payload).toBeGreaterThan(1000);
  });
});
