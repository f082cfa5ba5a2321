import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { jsonColumn } from "../../../../lambdas/adapters/binlog/json-binary.ts";
import { BinlogDecoder } from "../../../../lambdas/adapters/binlog/decoder.ts";
import type { BinlogEvent } from "../../../../lambdas/adapters/binlog/events.ts";
import { RowDecoder } from "../../../../lambdas/adapters/binlog/row-changes.ts";
import { ByteReader } from "../../../../lambdas/adapters/mysql/values/byte-reader.ts";
import { ByteWriter } from "../../../../lambdas/core/byte-writer.ts";
import { MillraceError } from "../../../../lambdas/core/errors.ts";
import { bytesAlive, damage, damaged, runs } from "../../../support/fuzz.ts";
import { decodedRows, KINDS, recording } from "./recorded.ts";
import type { Flavour, Recording } from "./recorded.ts";

const FLAVOURS: readonly Flavour[] = ["mariadb", "mysql"];

/** Decodes without checksums, so that the damage reaches the decoders behind them. */
function decodeUnchecked(made: Recording, damage: (event: Buffer, index: number) => Buffer): void {
  const decoder = new BinlogDecoder(made.from);
  const rows = new RowDecoder(made.collations);
  for (const [i, original] of made.events.entries()) {
    const event = damage(Buffer.from(original), i);
    if (event.length >= 13) event.writeUInt32LE(event.length, 9);
    if (event[4] === 15 && event.length > 5) event[event.length - 5] = 0;
    const decoded: BinlogEvent[] = [];
    decoder.decode(event, 0, event.length, decoded);
    for (const one of decoded) if (one.kind === "rows") rows.decode(one, KINDS);
  }
}

/** Anything may come of damage but an error of the language, a hang, or endless memory. */
function onlyTypedErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    expect(error.message).not.toBe("");
  }
}

describe.each(FLAVOURS)("damaged events of %s", (flavour) => {
  const made = recording(flavour);
  const some = fc.nat({ max: made.events.length - 1 });

  it("with bytes changed give values or a typed error", () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(some, changes, (victim, bytes) =>
        onlyTypedErrors(() =>
          decodeUnchecked(made, (event, i) => {
            if (i === victim) for (const [at, value] of bytes) event[19 + (at % (event.length - 19))] = value;
            return event;
          }),
        ),
      ),
      runs(400),
    );
  });

  it("cut short give values or a typed error", () => {
    fc.assert(
      fc.property(some, fc.nat({ max: 400 }), (victim, length) =>
        onlyTypedErrors(() =>
          decodeUnchecked(made, (event, i) => (i === victim ? event.subarray(0, length % event.length) : event)),
        ),
      ),
      runs(300),
    );
  });
});

/** Rows of all events as text, checksums and all. */
function decodeChecked(made: Recording, events: readonly Buffer[]): string {
  const decoder = new BinlogDecoder(made.from);
  const rows = new RowDecoder(made.collations);
  const texts: unknown[] = [];
  for (const event of events) {
    const decoded: BinlogEvent[] = [];
    decoder.decode(event, 0, event.length, decoded);
    for (const one of decoded) if (one.kind === "rows") texts.push(decodedRows(rows, one, KINDS));
  }
  return JSON.stringify(texts);
}

describe.each(FLAVOURS)("a stream of %s on a bad line", (flavour) => {
  const made = recording(flavour);
  const whole = decodeChecked(made, made.events);

  it("never loses or bends a row: it is the same, or a typed error", () => {
    const some = fc.nat({ max: made.events.length - 1 });
    fc.assert(
      fc.property(some, damage, (victim, bad) =>
        onlyTypedErrors(() => {
          const events = made.events.map((event, i) => (i === victim ? damaged(event, bad) : event));
          expect(decodeChecked(made, events)).toBe(whole);
        }),
      ),
      runs(400),
    );
  });

  it("leaves nothing behind in memory", async () => {
    const victims = fc.sample(fc.tuple(fc.nat({ max: made.events.length - 1 }), damage), { ...runs(60), numRuns: 60 });
    const round = (): void => {
      for (const [victim, bad] of victims)
        onlyTypedErrors(() => decodeUnchecked(made, (event, i) => (i === victim ? damaged(event, bad) : event)));
    };
    round();
    const before = await bytesAlive();
    for (let i = 0; i < 10; i += 1) round();
    expect((await bytesAlive()) - before).toBeLessThan(8_000_000);
  }, 60_000);
});

describe("damaged JSON documents", () => {
  const read = jsonColumn("q", 2);
  it("of any bytes give text or a typed error", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2, 3, 4, 11, 12, 15), fc.uint8Array({ maxLength: 200 }), (type, bytes) =>
        onlyTypedErrors(() => {
          const document = Buffer.concat([Buffer.alloc(2), Buffer.from([type]), bytes]);
          document.writeUInt16LE(document.length - 2, 0);
          const out = new ByteWriter();
          read(new ByteReader(document), out);
          expect(typeof JSON.parse(out.text())).toBe("string");
        }),
      ),
      runs(2_000),
    );
  });

  it("whose entries all point at the next container do not grow without end", () => {
    // Thirty arrays of eight entries, each entry the array behind: eight to the thirtieth values, if followed.
    const levels = 30;
    const width = 4 + 8 * 3;
    const whole = Buffer.alloc(3 + levels * width);
    whole.writeUInt16LE(whole.length - 2, 0);
    whole[2] = 0x02;
    for (let level = 0; level < levels; level += 1) {
      const at = 3 + level * width;
      whole.writeUInt16LE(8, at);
      whole.writeUInt16LE(whole.length - at, at + 2);
      for (let i = 0; i < 8; i += 1) {
        whole[at + 4 + i * 3] = level < levels - 1 ? 0x02 : 0x04;
        whole.writeUInt16LE(level < levels - 1 ? width : 0, at + 5 + i * 3);
      }
    }
    expect(() => read(new ByteReader(whole), new ByteWriter())).toThrow(
      expect.objectContaining({ name: "CorruptBytesError" }),
    );
  });
});
