import { describe, expect, it } from "@jest/globals";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { ByteStream } from "../../../../lambdas/adapters/mysql/wire/byte-stream.ts";
import { PacketReader } from "../../../../lambdas/adapters/mysql/wire/packets.ts";
import { parseMysqlUrl } from "../../../../lambdas/adapters/mysql/target.ts";

function packet(payload: Buffer, sequence = 0): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, payload]);
}

/** Messages read from bytes that arrive in these pieces. */
async function read(pieces: readonly Buffer[], count: number): Promise<string[]> {
  const socket = new PassThrough();
  const reader = new PacketReader(new ByteStream(socket));
  for (const piece of pieces) socket.write(piece);
  const messages: string[] = [];
  while (messages.length < count && (await reader.message())) {
    messages.push(reader.buf.toString("hex", reader.start, reader.end));
  }
  return messages;
}

describe("messages of the server", () => {
  it("are whole however their bytes arrive", async () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(payloads, fc.array(fc.nat({ max: 60 }), { maxLength: 20 }), async (payloads, cuts) => {
        const all = Buffer.concat(payloads.map((p) => packet(Buffer.from(p))));
        const at = [...new Set(cuts.map((c) => c % (all.length + 1)))].sort((a, b) => a - b);
        const pieces = [...at, all.length].map((end, i) => all.subarray(i === 0 ? 0 : at[i - 1], end));
        const wanted = payloads.map((p) => Buffer.from(p).toString("hex"));
        expect(
          await read(
            pieces.filter((p) => p.length > 0),
            payloads.length,
          ),
        ).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it("of 16 MB and more are joined, also where the last part is empty", async () => {
    const part = Buffer.alloc(0xffffff, 7);
    const pieces = [
      packet(part),
      packet(part, 1),
      packet(Buffer.from("end"), 2),
      packet(part),
      packet(Buffer.alloc(0), 1),
    ];
    const [long, exact] = await read(pieces, 2);
    expect([long?.length, exact?.length]).toEqual([(2 * 0xffffff + 3) * 2, 0xffffff * 2]);
  });

  it("end with a typed error when the server goes away, and with false when the caller gives up", async () => {
    const socket = new PassThrough();
    const reader = new PacketReader(new ByteStream(socket));
    const stop = new AbortController();
    const waiting = reader.message(stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
    socket.end();
    await expect(reader.message()).rejects.toThrow(
      expect.objectContaining({ name: "MysqlConnectionError", retryable: true }),
    );
  });

  it("that nobody pulls stay with the server", async () => {
    const socket = new PassThrough({ highWaterMark: 1024 });
    const stream = new ByteStream(socket);
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024);
    while (sent < 64 && socket.write(chunk)) {
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.isPaused() || socket.writableNeedDrain || sent < 64).toBe(true);
    expect((stream.take()?.length ?? 0) <= 2 * 1024 * 1024).toBe(true);
  });
});

describe("the source's URL", () => {
  it("is read with its parts decoded", () => {
    expect(parseMysqlUrl("mysql://us%40er:p%2Fw@db.example:3307/shop?tls=required")).toEqual({
      host: "db.example",
      port: 3307,
      user: "us@er",
      password: "p/w",
      database: "shop",
      tls: "required",
    });
  });

  it("is refused without telling the password", () => {
    for (const url of [
      "postgres://u:secret@h/x",
      "mysql://u:secret@h/x?tls=perhaps",
      "mysql://u:secret%@h/x",
      "secret",
    ]) {
      expect(() => parseMysqlUrl(url)).toThrow(expect.objectContaining({ name: "ConfigurationError" }));
      expect(() => parseMysqlUrl(url)).not.toThrow(/secret/);
    }
  });
});
