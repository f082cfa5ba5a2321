import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { TransientError } from "../../../lambdas/core/errors.ts";
import type { Warehouse } from "../../../lambdas/core/ports.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import { column, int, nullable, varchar } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { landingKey, qualifiedName } from "../../../schemas/naming.ts";
import { tableSpecs } from "../../../schemas/sql/tables.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { lines, orders, tags } from "../../support/loading/tables.ts";

const place = (pos: number, row = 0, side = 1): string =>
  `00001.0000000001.${String(pos).padStart(16, "0")}.${String(row).padStart(8, "0")}.${side}`;

describe("landed files to history and mirror", () => {
  let loading: Loading;
  let cluster: string;
  beforeAll(async () => {
    loading = await startLoading();
    await loading.migrate([orders, tags, lines]);
  }, 60_000);
  afterAll(async () => loading.stop());
  beforeEach(async () => {
    cluster = loading.reset();
    for (const spec of [orders, tags, lines].flatMap(tableSpecs)) await loading.rows(`DELETE FROM ${spec.name}`);
    await loading.rows("DELETE FROM ops.batch");
  });

  const order = (id: number, status: string): { id: number; status: string; amount: string } => ({
    id,
    status,
    amount: "1.50",
  });
  const alive = async (table: AnyTable, column = "status"): Promise<string[]> => {
    const rows = await loading.rows(`SELECT * FROM source.${qualifiedName(table)} ORDER BY 1`);
    return rows.map((row) => `${String(row["id"] ?? row["tag"])} ${String(row[column])}`);
  };
  const history = async (where = ""): Promise<string[]> => {
    const rows = await loading.rows(`SELECT id, _op, _version FROM history.lab_orders ${where} ORDER BY id, _version`);
    return rows.map((row) => `${String(row["id"])} ${String(row["_op"])} ${String(row["_version"]).slice(17)}`);
  };

  it("keeps the newest version of each key, and every version in history", async () => {
    await loading.land(orders, [
      { op: "r", at: 100, row: order(1, "new") },
      { op: "r", at: 100, row: order(2, "new") },
      { op: "u", at: 300, row: order(1, "shipped") },
      { op: "u", at: 200, row: order(1, "paid") },
      { op: "d", at: 400, row: order(2, "new") },
      null,
    ]);
    expect(await loading.load(orders)).toEqual({ loads: 1, rows: 5, state: "done" });
    expect(await alive(orders)).toEqual(["1 shipped"]);
    expect(await history()).toEqual([
      "1 r 0000000000000100.00000000.0",
      "1 u 0000000000000200.00000000.1",
      "1 u 0000000000000300.00000000.1",
      "2 r 0000000000000100.00000000.0",
      "2 d 0000000000000400.00000000.0",
    ]);
    const [gone] = await loading.rows("SELECT status, _deleted FROM mirror.lab_orders WHERE id = 2");
    expect(gone).toEqual({ status: "new", _deleted: true });
  });

  it("does nothing the second time", async () => {
    await loading.land(orders, [{ op: "c", at: 100, row: order(1, "new") }]);
    await loading.load(orders);
    const before = await loading.rows("SELECT * FROM mirror.lab_orders");
    expect(await loading.load(orders)).toEqual({ loads: 0, rows: 0, state: "done" });
    expect(await loading.rows("SELECT * FROM mirror.lab_orders")).toEqual(before);
    expect(await loading.rows("SELECT COUNT(*) AS n FROM ops.ledger_lab_orders")).toEqual([{ n: 1 }]);
  });

  it("takes replays, overlapping files and late older versions without a trace", async () => {
    const first = { op: "c", at: 100, row: order(1, "new") } as const;
    const second = { op: "u", at: 200, row: order(1, "paid") } as const;
    const third = { op: "u", at: 300, row: order(1, "shipped") } as const;
    await loading.land(orders, [first, second]);
    await loading.land(orders, [first, second, third]);
    await loading.load(orders);
    expect(await history()).toHaveLength(3);
    await loading.land(orders, [second, first, second], { offset: 3 });
    await loading.load(orders);
    expect(await history()).toHaveLength(3);
    expect(await alive(orders)).toEqual(["1 shipped"]);
    await loading.land(orders, [{ op: "u", at: 250, row: order(1, "late") }], { offset: 6 });
    await loading.load(orders);
    expect(await history()).toHaveLength(4);
    expect(await alive(orders)).toEqual(["1 shipped"]);
  });

  it("lets no older insert bring back what is deleted, seen before or not", async () => {
    await loading.land(orders, [{ op: "d", at: 500, row: order(9, "gone") }]);
    await loading.load(orders);
    await loading.land(orders, [{ op: "c", at: 400, row: order(9, "back") }], { offset: 1 });
    await loading.load(orders);
    expect(await alive(orders)).toEqual([]);
    expect(await history()).toEqual(["9 c 0000000000000400.00000000.1", "9 d 0000000000000500.00000000.0"]);
  });

  it("applies a TRUNCATE at once, also to rows that come after it and belong before it", async () => {
    await loading.land(orders, [
      { op: "c", at: 100, row: order(1, "old") },
      { op: "c", at: 100, index: 1, row: order(2, "old") },
    ]);
    await loading.load(orders);
    await loading.land(
      orders,
      [
        { op: "t", at: 200, kind: "truncate", id: "t1" },
        { op: "c", at: 300, row: order(2, "new") },
      ],
      { offset: 2 },
    );
    await loading.land(orders, [{ op: "c", at: 150, row: order(3, "late") }], { partition: 1 });
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["2 new"]);
    await loading.land(orders, [{ op: "u", at: 160, row: order(4, "later still") }], { partition: 1, offset: 1 });
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["2 new"]);
    expect(await history("WHERE _op = 'd'")).toEqual([
      "1 d 0000000000000200.00000000.0",
      "2 d 0000000000000200.00000000.0",
      "3 d 0000000000000200.00000000.0",
      "4 d 0000000000000200.00000000.0",
    ]);
    const touched = await loading.rows("SELECT id, COUNT(*) AS n FROM ops.touched_lab_orders GROUP BY id ORDER BY id");
    expect(touched.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it("ends a resync when every partition is loaded past its floor", async () => {
    await loading.land(orders, [{ op: "c", at: 100, row: order(1, "kept") }]);
    await loading.land(orders, [{ op: "c", at: 100, row: order(2, "surplus") }], { partition: 1 });
    await loading.load(orders);
    const floor = { op: "t", at: 500, kind: "resync", id: "s1" } as const;
    await loading.land(orders, [floor], { offset: 1 });
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["1 kept", "2 surplus"]);
    await loading.land(orders, [{ op: "r", at: 500, row: order(1, "read") }, floor], { partition: 1, offset: 1 });
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["1 read"]);
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["1 read"]);
  });

  it("keeps keys apart that differ in trailing blanks or case only", async () => {
    const tag = (text: string, note: string): { orderId: number; tag: string; note: string } => {
      return { orderId: 1, tag: text, note };
    };
    await loading.land(tags, [
      { op: "c", at: 100, row: tag("a", "1") },
      { op: "c", at: 101, row: tag("a ", "2") },
      { op: "c", at: 102, row: tag("A", "3") },
      { op: "u", at: 103, row: tag("a ", "4") },
    ]);
    await loading.load(tags);
    expect(await alive(tags, "note")).toEqual(expect.arrayContaining(["a 1", "a  4", "A 3"]));
    expect(await alive(tags, "note")).toHaveLength(3);
  });

  it("appends rows without a key, equal ones apart, replays once", async () => {
    const line = (text: string): { text: string } => ({ text });
    await loading.land(lines, [
      { op: "r", at: 100, row: line("same") },
      { op: "r", at: 100, row: line("same") },
      { op: "c", at: 200, row: line("new") },
      { op: "c", at: 200, index: 1, row: line("new") },
    ]);
    await loading.land(lines, [{ op: "c", at: 200, row: line("new") }], { offset: 4 });
    await loading.load(lines);
    await loading.load(lines);
    const rows = await loading.rows("SELECT text, COUNT(*) AS n FROM source.lab_lines GROUP BY text ORDER BY text");
    expect(rows).toEqual([
      { text: "new", n: 2 },
      { text: "same", n: 2 },
    ]);
    await loading.land(lines, [{ op: "t", at: 300, kind: "truncate", id: "t" }], { offset: 5 });
    await loading.load(lines);
    expect(await loading.rows("SELECT * FROM source.lab_lines")).toEqual([]);
  });

  it("stops a partition at a hole, and goes on with the others", async () => {
    await loading.land(orders, [{ op: "c", at: 100, row: order(1, "a") }]);
    await loading.land(orders, [{ op: "c", at: 101, row: order(2, "beyond") }], { offset: 5 });
    await loading.land(orders, [{ op: "c", at: 102, row: order(3, "b") }], { partition: 1 });
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["1 a", "3 b"]);
    await loading.load(orders);
    expect(loading.telemetry.lines.join("\n")).toContain("offsets 1 to 4 never landed");
    await loading.land(orders, [null, null, null, null], { offset: 1 });
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["1 a", "2 beyond", "3 b"]);
  });

  it("puts lines that COPY refuses into quarantine, with their reasons, and loads the rest", async () => {
    await loading.land(orders, [
      { op: "c", at: 100, row: order(1, "two\nlines") },
      { op: "c", at: 101, row: order(2, "fine") },
    ]);
    // A file as an older, laxer version might have written it.
    const bad = `${place(102)},c,2024-01-01 00:00:00,2024-01-01 00:00:00,0,2,,many,"x",1.00,@NULL@,@NULL@,@NULL@\n`;
    const good = `${place(103)},c,2024-01-01 00:00:00,2024-01-01 00:00:00,0,3,,4,"y\nz",1.00,@NULL@,@NULL@,@NULL@\n`;
    const wide = `${place(104)},c,2024-01-01 00:00:00,2024-01-01 00:00:00,0,4,,5,"${"w".repeat(50)}",1.00,@NULL@,@NULL@,@NULL@\n`;
    const key = landingKey({
      cluster,
      topic: "lab_orders",
      definition: definitionHash(fileDefinition(orders)),
      partition: 0,
      first: 2,
      last: 4,
      rows: 3,
    });
    await loading.landing.put(key, gzipSync(good + bad + wide));
    expect(await loading.load(orders)).toMatchObject({ loads: 1, rows: 3 });
    expect(await alive(orders)).toEqual(["1 two\nlines", "2 fine", "4 y\nz"]);
    const [stored] = [...loading.quarantine.objects.values()];
    const refused = String(stored?.body)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(refused).toEqual([
      expect.objectContaining({
        topic: "lab_orders",
        partition: 0,
        offset: 2,
        reason: expect.stringMatching(/column id/),
      }),
      expect.objectContaining({ offset: 4, reason: expect.stringMatching(/column status/) }),
    ]);
    const [ledger] = await loading.rows("SELECT last_offset, rows, quarantined FROM ops.ledger_lab_orders");
    expect(ledger).toEqual({ last_offset: 4, rows: 3, quarantined: 2 });
    expect(await loading.load(orders)).toMatchObject({ loads: 0 });
  });

  it("asks again with the same token when the outcome is unknown, and loads once", async () => {
    await loading.land(orders, [{ op: "c", at: 100, row: order(1, "a") }]);
    const tokens: string[] = [];
    const forgetful: Warehouse = {
      query: (sql) => loading.warehouse.query(sql),
      transaction: async (statements, token) => {
        tokens.push(token);
        const outcome = await loading.warehouse.transaction(statements, token);
        if (tokens.length === 1) throw new TransientError("the answer was lost");
        return outcome;
      },
    };
    expect(await loading.load(orders, forgetful)).toMatchObject({ loads: 1 });
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toBe(tokens[1]);
    expect(await loading.rows("SELECT COUNT(*) AS n FROM ops.ledger_lab_orders")).toEqual([{ n: 1 }]);
    expect(await history()).toHaveLength(1);
  });

  it("loads once when two loaders are at work", async () => {
    await loading.land(
      orders,
      Array.from({ length: 50 }, (_, i) => ({ op: "c", at: 100 + i, row: order(i, "x") }) as const),
    );
    const outcomes = await Promise.all([loading.load(orders), loading.load(orders), loading.load(orders)]);
    expect(await history()).toHaveLength(50);
    expect(await loading.rows("SELECT COUNT(*) AS n FROM ops.ledger_lab_orders")).toEqual([{ n: 1 }]);
    expect(outcomes.map(({ state }) => state)).toEqual(["done", "done", "done"]);
  });

  it("widens a text column that a file needs wider, and keeps the view", async () => {
    const long = "é".repeat(200);
    await loading.land(orders, [
      { op: "c", at: 100, row: order(1, "short") },
      { op: "c", at: 101, row: order(2, long) },
    ]);
    await loading.load(orders);
    expect(await alive(orders)).toEqual(["1 short", `2 ${long}`]);
    expect(await loading.migrate([orders, tags, lines])).toEqual({ steps: 0 });
  });

  it("reads files of an older definition after the table has grown a column", async () => {
    const before = defineTable({
      area: { name: "lab", database: "lab" },
      name: "grown",
      comment: "Grown.",
      columns: { id: column("id", int()), a: nullable("a", varchar(5)) },
      key: ["id"],
      partitions: 1,
    });
    const after: AnyTable = { ...before, columns: { ...before.columns, status: nullable("b", varchar(5)) } };
    await loading.migrate([before]);
    await loading.land(before, [{ op: "c", at: 100, row: { id: 1, a: "x" } }]);
    await loading.migrate([after]);
    await loading.land(after, [{ op: "c", at: 101, row: { id: 2, a: "y", b: "z" } }], { offset: 1 });
    await loading.land(before, [{ op: "u", at: 102, row: { id: 2, a: "w" } }], { offset: 2 });
    expect(await loading.load(after)).toMatchObject({ loads: 3, rows: 3 });
    expect(await loading.rows("SELECT id, a, status FROM source.lab_grown ORDER BY id")).toEqual([
      { id: 1, a: "x", status: null },
      { id: 2, a: "w", status: "z" },
    ]);
  });

  it("refuses a migration that adding does not make, and changes nothing", async () => {
    const more = { amount: nullable("amount", int()), extra: nullable("extra", int()) };
    const changed: AnyTable = { ...orders, columns: { ...orders.columns, ...more } };
    await expect(loading.migrate([changed])).rejects.toThrow(
      /mirror.lab_orders.amount is NUMERIC\(10,2\) and should be INTEGER/,
    );
    const moved: AnyTable = { ...orders, distribution: "even" };
    await expect(loading.migrate([moved])).rejects.toThrow(/distkey id.*should have.*diststyle EVEN/s);
    const columns = await loading.rows(
      "SELECT column_name FROM svv_columns WHERE table_name = 'lab_orders' AND column_name = 'extra'",
    );
    expect(columns).toEqual([]);
  });
});
