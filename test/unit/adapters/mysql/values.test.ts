import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ByteReader } from "../../../../lambdas/adapters/mysql/values/byte-reader.ts";
import { ByteWriter } from "../../../../lambdas/core/byte-writer.ts";
import { stringWriter } from "../../../../lambdas/adapters/mysql/values/charsets.ts";
import { writeServerJson } from "../../../../lambdas/adapters/mysql/values/json-canonical.ts";
import { writeBase64, writeJsonString } from "../../../../lambdas/adapters/mysql/values/json-string.ts";
import { floatText, writeBigInteger } from "../../../../lambdas/adapters/mysql/values/numbers.ts";
import { writeTimestamp } from "../../../../lambdas/adapters/mysql/values/temporal.ts";

function written(write: (out: ByteWriter) => void): string {
  // As small as can be, so that every write grows it.
  const out = new ByteWriter(1);
  write(out);
  return out.text();
}

/** The bytes of a text of UTF-8 in which single bytes stand escaped. */
function unescaped(text: string): Buffer {
  const parts = Array.from(text, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point >= 0xdc00 && point <= 0xdcff ? Buffer.from([point - 0xdc00]) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}

const jsonOf = (bytes: Buffer): string => written((out) => writeJsonString(out, bytes, 0, bytes.length));

describe("JSON text written from bytes", () => {
  it("is what JSON.stringify writes, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(jsonOf(Buffer.from(text))).toBe(JSON.stringify(text));
      }),
    );
  });

  it("holds any bytes: those that are no UTF-8 stand escaped, and can be had back", () => {
    const anyBytes = fc.array(
      fc.oneof(fc.uint8Array({ maxLength: 5 }), fc.constantFrom(Buffer.from("é漢😀"), Buffer.from("eda080", "hex"))),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(anyBytes, (parts) => {
        const bytes = Buffer.concat(parts);
        const text = JSON.parse(jsonOf(bytes)) as string;
        expect(text.replace(/\p{Surrogate}/gu, "")).not.toContain("\ufffd");
        expect(unescaped(text)).toEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
    expect(jsonOf(Buffer.from("61eda08062", "hex"))).toBe('"a\\udced\\udca0\\udc80b"');
  });

  it("holds whole numbers of any size", () => {
    const whole = fc.maxSafeInteger();
    fc.assert(fc.property(whole, (n) => expect(written((out) => out.integer(n))).toBe(String(n))));
    for (let n = 1; n < Number.MAX_SAFE_INTEGER; n *= 10) {
      for (const near of [n - 1, n, n + 1, -n]) expect(written((out) => out.integer(near))).toBe(String(near));
    }
    expect(written((out) => writeBigInteger(out, 2n ** 53n - 1n))).toBe("9007199254740991");
    expect(written((out) => writeBigInteger(out, -(2n ** 53n)))).toBe('"-9007199254740992"');
  });

  it("holds bytes as base64", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const from = Buffer.from(bytes);
        expect(written((out) => writeBase64(out, from, 0, from.length))).toBe(`"${from.toString("base64")}"`);
      }),
    );
  });
});

describe("float32 text", () => {
  it("reads back the same float32, and nothing shorter does", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = floatText(value);
        expect(Math.fround(Number(text))).toBe(value);
        const digits = Number(text).toExponential().replace(/e.*/, "").replace(/\D/g, "").length;
        if (digits > 1) expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("timestamps", () => {
  it("are those of Date, from 1970 to 2106", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 999 }), (seconds, millis) => {
        const text = written((out) => writeTimestamp(out, seconds, millis * 1000, 3));
        expect(text).toBe(JSON.stringify(new Date(seconds * 1000 + millis)));
      }),
    );
  });
});

describe("character sets", () => {
  it.each([
    ["latin1", "80e9", "€é"],
    ["cp1251", "cff0", "Пр"],
    ["utf16", "00e96f22", "é漢"],
    ["utf16le", "e9002267", "é朢"],
    ["utf32", "000000e90001f600", "é😀"],
    ["utf32", "00ffffff", "\udc00\udcff\udcff\udcff"],
    ["utf32", "0001f600d8", "😀\udcd8"],
    ["utf16", "d83dde00d83d0061de0000", "😀\udcd8\udc3da\udcde\udc00\udc00"],
    ["ucs2", "d83dde000061", "\udcd8\udc3d\udcde\udc00a"],
    ["cp1250", "8061", "€a"],
    ["cp1250", "8161", "\udc81a"],
    ["ascii", "61c3a9", "a\udcc3\udca9"],
    ["euckr", "8141b0a1c8a3", "갂가호"],
    ["sjis", "815f8160b15c", "\\〜ｱ\\"],
    ["cp932", "81608740", "～①"],
    ["ujis", "8eb18fb0a1b4c1", "ｱ丂漢"],
    ["gb18030", "8135f4378130813090308130", "\ue7c7\u0080\u{10000}"],
    ["big5", "a14ea440", "､一"],
    ["gbk", "80ff8130", "\udc80\udcff\udc810"],
    ["gbk", "9d68", "漢"],
    ["koi8r", "f0", "П"],
  ])("%s %s", (charset, hex, text) => {
    const bytes = Buffer.from(hex, "hex");
    expect(JSON.parse(written((out) => stringWriter(charset)?.(out, bytes, 0, bytes.length)))).toBe(text);
  });

  it("that are not known have no reader", () => {
    expect(stringWriter("swe7")).toBeNull();
  });
});

describe("the server's JSON", () => {
  it("loses its blanks and nothing else", () => {
    const json = fc.json({ maxDepth: 4 });
    fc.assert(
      fc.property(json, (text) => {
        const spaced = Buffer.from(JSON.stringify(JSON.parse(text), null, 1).replace(/\n */g, " "));
        const out = written((o) => writeServerJson(o, spaced, 0, spaced.length));
        expect(JSON.parse(out)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
});

describe("protocol values", () => {
  it("refuse to read beyond the end", () => {
    const reader = new ByteReader(Buffer.from([0xfe, 1, 2]));
    expect(() => reader.packed()).toThrow(expect.objectContaining({ name: "CorruptBytesError" }));
    expect(() => new ByteReader(Buffer.from("abc")).utf8z()).toThrow(
      expect.objectContaining({ name: "CorruptBytesError" }),
    );
  });

  it("read lengths of every size", () => {
    const bytes = Buffer.from("fafc0001fd000001fe0000000001000000", "hex");
    const reader = new ByteReader(bytes);
    expect([reader.packed(), reader.packed(), reader.packed(), reader.packed()]).toEqual([250, 256, 65_536, 2 ** 32]);
  });
});
