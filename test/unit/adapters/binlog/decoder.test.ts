import { describe, expect, it } from "@jest/globals";
import { crc32 } from "node:zlib";
import { BinlogDecoder } from "../../../../lambdas/adapters/binlog/decoder.ts";
import type { BinlogEvent } from "../../../../lambdas/adapters/binlog/events.ts";
import { EVENT, FLAG } from "../../../../lambdas/adapters/binlog/event-types.ts";
import type { Treatment } from "../../../../lambdas/adapters/mysql/route.ts";
import { KINDS, decodeAll, recording, rowsOf } from "./recorded.ts";
import type { Flavour } from "./recorded.ts";

const FLAVOURS: readonly Flavour[] = ["mariadb", "mysql"];

/** An event of our own making, with its checksum, which tells by itself that it has one. */
function event(type: number, body: Buffer, at: { logPos: number; flags?: number; timestamp?: number }): Buffer {
  const bytes = Buffer.alloc(19 + body.length + 4);
  bytes.writeUInt32LE(at.timestamp ?? 1_700_000_000, 0);
  bytes[4] = type;
  bytes.writeUInt32LE(97, 5);
  bytes.writeUInt32LE(bytes.length, 9);
  bytes.writeUInt32LE(at.logPos, 13);
  bytes.writeUInt16LE(at.flags ?? 0, 17);
  body.copy(bytes, 19);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

function query(sql: string, database = "shop"): Buffer {
  const head = Buffer.alloc(13);
  head[8] = database.length;
  return Buffer.concat([head, Buffer.from(`${database}\0${sql}`)]);
}

function decodeOne(decoder: BinlogDecoder, bytes: Buffer): BinlogEvent[] {
  const events: BinlogEvent[] = [];
  decoder.decode(bytes, 0, bytes.length, events);
  return events;
}

describe.each(FLAVOURS)("events recorded from %s", (flavour) => {
  const made = recording(flavour);
  const events = decodeAll(made.from, made.events);

  it("come as whole transactions whose positions join up", () => {
    let open = false;
    let next = made.from.pos;
    for (const e of events) {
      if (e.kind === "begin") {
        expect([open, e.start.pos >= next]).toEqual([false, true]);
        next = e.start.pos;
        open = true;
      } else if (e.kind === "rows" || e.kind === "ddl") {
        expect([open, e.start.pos > next]).toEqual([true, true]);
        next = e.start.pos;
      } else if (e.kind === "commit") {
        expect([open, e.next.pos > next]).toEqual([true, true]);
        next = e.next.pos;
        open = false;
      }
    }
    expect(open).toBe(false);
  });

  it("carry GTIDs that count up", () => {
    const gtids = events.flatMap((e) => (e.kind === "begin" ? [e.gtid ?? ""] : []));
    const numbers = gtids.map((gtid) => Number(/\d+$/.exec(gtid)?.[0]));
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
    expect(gtids[0]).toMatch(flavour === "mysql" ? /^[0-9a-f-]{36}:\d+$/ : /^0-97-\d+$/);
  });

  it("recognise what DDL does to which table", () => {
    const statements = events.flatMap((e) => (e.kind === "ddl" ? [e.statement] : []));
    expect(statements.map((s) => s.action)).toEqual(["other", "create", "truncate", "other", "rename", "drop"]);
    expect(statements[4]).toEqual({
      action: "rename",
      tables: [{ database: "fixture", table: "kinds" }],
      renamedTo: [{ database: "fixture", table: "sorts" }],
    });
  });

  it("hold the values as the type contract writes them", () => {
    const [first, second, third, fourth, fifth] = rowsOf(made);
    expect(JSON.parse(first?.after ?? "")).toEqual({
      id: "18446744073709551615",
      a: -1,
      b: "-12.50",
      c: 2.5,
      d: "2024-02-29",
      e: "2024-02-29 01:02:03.456",
      f: "2024-02-29T01:02:03.456789Z",
      g: "-10:11:12.13",
      h: 'é "q"',
      i: "é",
      j: "YQAAAA==",
      k: "AP8=",
      l: "it's",
      m: "p,q",
      n: 257,
      o: 2024,
      q: flavour === "mysql" ? '{"a":null,"b":[1,2.5]}' : '{"b": [1, 2.5], "a": null}',
      r: 3.14159,
    });
    expect(Object.values(JSON.parse(second?.after ?? "") as object).slice(1)).toEqual(Array(17).fill(null));
    expect(third).toMatchObject({ key: '{"id":1}', keyBefore: null });
    expect(fourth).toMatchObject({ key: '{"id":2}', keyBefore: '{"id":1}' });
    expect(fifth).toMatchObject({ key: '{"id":2}', after: null });
  });

  it("leave out or replace columns as the definition says, in keys too", () => {
    const route = {
      ...KINDS,
      treatments: new Map<string, Treatment>([
        ["k", "drop"],
        ["id", (text) => `#${text}`],
      ]),
    };
    const [first] = rowsOf(made, route);
    expect(first?.key).toBe('{"id":"#18446744073709551615"}');
    expect(JSON.parse(first?.after ?? "")).not.toHaveProperty("k");
  });

  it("go on without a column that the table has lost, unless it is in the key", () => {
    const required = new Set([...KINDS.required, "gone"]);
    expect(rowsOf(made, { ...KINDS, required })).toEqual(rowsOf(made, KINDS));
    const inKey = { ...KINDS, required, key: ["id", "gone"] };
    expect(() => rowsOf(made, inKey)).toThrow("its primary key is (id), the definition's is (id, gone)");
  });

  it("are refused when a byte differs from its checksum", () => {
    const events = made.events.map((bytes) => Buffer.from(bytes));
    const last = events.at(-1);
    if (last !== undefined) last[20] = (last[20] ?? 0) ^ 1;
    expect(() => decodeAll(made.from, events)).toThrow(expect.objectContaining({ name: "BinlogCorruptError" }));
  });
});

describe("positions", () => {
  it("stay whole where headers wrap at 4 GiB", () => {
    const start = 2 ** 32 - 30;
    const decoder = new BinlogDecoder({ file: "binlog.000001", pos: start });
    const begin = event(EVENT.query, query("BEGIN"), { logPos: 0 });
    const size = begin.length;
    const [first] = decodeOne(decoder, event(EVENT.query, query("BEGIN"), { logPos: start + size - 2 ** 32 }));
    expect(first).toMatchObject({ kind: "begin", start: { pos: start } });
    const xid = event(EVENT.xid, Buffer.alloc(8), { logPos: start + size + 31 - 2 ** 32 });
    expect(decodeOne(decoder, xid)).toEqual([
      { kind: "commit", next: { file: "binlog.000001", pos: start + size + 31 } },
    ]);
  });

  it("jump with the server over what it does not send, and take events made for the connection as no bytes", () => {
    const decoder = new BinlogDecoder({ file: "binlog.000001", pos: 4 });
    decodeOne(decoder, event(EVENT.previousGtids, Buffer.alloc(8), { logPos: 900, flags: FLAG.artificial }));
    expect(decoder.pos).toBe(4);
    decodeOne(decoder, event(EVENT.xid, Buffer.alloc(8), { logPos: 5_000 }));
    expect(decoder.pos).toBe(5_000);
  });

  it("follow into the next file", () => {
    const decoder = new BinlogDecoder({ file: "binlog.000001", pos: 100 });
    const body = Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("binlog.000002")]);
    const rotate = event(EVENT.rotate, body, { logPos: 144 });
    expect(decodeOne(decoder, rotate)).toEqual([{ kind: "rotate", next: { file: "binlog.000002", pos: 4 } }]);
  });
});

describe("what cannot be captured exactly", () => {
  const at = { logPos: 500 };
  it.each([
    [EVENT.transactionPayload, Buffer.alloc(8), "BinlogUnsupportedError", /binlog_transaction_compression = OFF/],
    [EVENT.partialUpdateRows, Buffer.alloc(8), "BinlogUnsupportedError", /binlog_row_value_options/],
    [EVENT.incident, Buffer.alloc(8), "PositionLostError", /events are lost \(INCIDENT\)/],
    [EVENT.xaPrepare, Buffer.alloc(8), "BinlogUnsupportedError", /XA/],
    [EVENT.writeRows, Buffer.alloc(16), "BinlogCorruptError", /was not described/],
    [250, Buffer.alloc(8), "BinlogUnsupportedError", /type 250/],
  ])("type %d is a named error", (type, body, name, message) => {
    const decoder = new BinlogDecoder({ file: "binlog.000001", pos: 4 });
    const attempt = (): unknown => decodeOne(decoder, event(type, body, at));
    expect(attempt).toThrow(expect.objectContaining({ name }));
    expect(attempt).toThrow(message);
  });

  it("an unknown type that says it may be ignored is passed over", () => {
    const decoder = new BinlogDecoder({ file: "binlog.000001", pos: 4 });
    expect(decodeOne(decoder, event(250, Buffer.alloc(8), { ...at, flags: FLAG.ignorable }))).toEqual([]);
  });
});
