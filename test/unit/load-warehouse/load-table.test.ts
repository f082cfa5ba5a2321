import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import { TransientError } from "../../../lambdas/core/errors.ts";
import type { Warehouse, WarehouseRow } from "../../../lambdas/core/ports.ts";
import { noteResync } from "../../../lambdas/core/resynced.ts";
import { RolledBackError, WarehouseError } from "../../../lambdas/core/warehouse-error.ts";
import { handleWakeUps } from "../../../lambdas/load-warehouse/handle-wake-ups.ts";
import { resolveDefinition } from "../../../lambdas/core/file-definition.ts";
import { loadTable } from "../../../lambdas/load-warehouse/load-table.ts";
import { definitionHash, fileDefinition, nullMarker } from "../../../schemas/hash.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { definitionOfCopy, landingKey } from "../../../schemas/naming.ts";
import { COPY_STATEMENT, POSITION_STATEMENT } from "../../../schemas/sql/load-transaction.ts";
import { definitionKey, wishKey } from "../../../lambdas/core/state-keys.ts";
import { toBody } from "../../../lambdas/core/stored-json.ts";
import { liftHold, placeHold } from "../../../lambdas/core/table-facts.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";
import { lines, orders } from "../../support/loading/tables.ts";

/** A warehouse that keeps a ledger and nothing else; transactions can be made to fail in order. */
function fakeWarehouse(failures: (Error | null)[] = []) {
  const ledger = new Map<number, number>();
  const tokens: string[] = [];
  const statements: string[][] = [];
  let refusals: WarehouseRow[] = [];
  const warehouse: Warehouse = {
    query: async (sql) => {
      if (sql.includes("sys_load_error_detail")) return refusals;
      return [...ledger].map(([partition, next_offset]) => ({
        partition,
        next_offset,
        loaded_at: "2024-01-01 00:00:00.5",
      }));
    },
    transaction: async (sqls, token) => {
      tokens.push(token);
      statements.push([...sqls]);
      const failure = token.endsWith("-check") ? null : failures.shift();
      if (failure) throw failure;
      for (const [, partition, last] of sqls
        .join("\n")
        .matchAll(/'lab_orders', (\d+), \d+, (\d+), \d+, \d+, SYSDATE\)/g))
        ledger.set(Number(partition), Number(last) + 1);
      return { id: token, rows: [] };
    },
  };
  return { warehouse, ledger, tokens, statements, refuse: (rows: WarehouseRow[]) => (refusals = rows) };
}

function prepare(
  failures: (Error | null)[] = [],
  changes: { now?: number; timeLeft?: number; starred?: boolean } = {},
) {
  const fake = fakeWarehouse(failures);
  let calls = 0;
  const woken: string[] = [];
  const waits: number[] = [];
  const ports = {
    landing: memoryStore("landing"),
    quarantine: memoryStore("quarantine"),
    warehouse: fake.warehouse,
    telemetry: recordingTelemetry(),
    sleep: async (ms: number) => {
      waits.push(ms);
    },
    random: () => 0.5,
    newId: () => `call-${(calls += 1)}`,
    now: () => changes.now ?? Date.UTC(2024, 5, 1),
    timeLeft: () => changes.timeLeft ?? 900_000,
    wakeLoader: async ({ table, slot }: { table: string; slot: number }) => {
      woken.push(`load ${table} ${slot}`);
    },
    wakeStar: async ({ table, slot }: { table: string; slot: number }) => {
      woken.push(`star ${table} ${slot}`);
    },
  };
  const settings = {
    cluster: "c",
    role: "arn:aws:iam::1:role/copy",
    wakeSlotSeconds: 10,
    cadenceSeconds: 60,
    limits: { bytes: 1e9, objects: 2 },
    isStarred: () => changes.starred ?? true,
  };
  const land = async (
    partition: number,
    first: number,
    last: number,
    body = "",
    rows = last - first + 1,
    file = fileDefinition(orders),
  ): Promise<string> => {
    const key = landingKey({
      cluster: "c",
      topic: "lab_orders",
      definition: definitionHash(file),
      partition,
      first,
      last,
      rows,
    });
    await ports.landing.put(key, gzipSync(body));
    return key;
  };
  return {
    ...fake,
    ports,
    settings,
    woken,
    waits,
    land,
    load: (table: AnyTable = orders) => loadTable(table, settings, ports),
  };
}

describe("loading a table", () => {
  it("loads batch after batch, and nothing the second time", async () => {
    const { land, load, ledger, statements, woken } = prepare([], { now: Date.UTC(2024, 5, 1) });
    for (let i = 0; i < 5; i++) await land(0, i * 10, i * 10 + 9);
    expect(await load()).toEqual({ loads: 3, rows: 50, state: "done" });
    expect(await load()).toEqual({ loads: 0, rows: 0, state: "done" });
    expect(ledger.get(0)).toBe(50);
    expect(statements).toHaveLength(3);
    expect(woken.every((message) => message.startsWith("star lab_orders"))).toBe(true);
  });

  it("waits for its cadence, and asks to be woken again", async () => {
    const now = Date.parse("2024-01-01T00:00:30Z");
    const { land, load, ledger, woken, statements } = prepare([], { now });
    ledger.set(0, 5);
    await land(0, 5, 9);
    expect(await load()).toEqual({ loads: 0, rows: 0, state: "early" });
    expect(woken).toEqual([`load lab_orders ${Math.floor(now / 10_000)}`]);
    expect(statements).toEqual([]);
    expect(await load({ ...orders, cadence: 1 })).toMatchObject({ state: "done", loads: 1 });
  });

  it("leaves the rest to the next run when time is short", async () => {
    const { land, load, woken } = prepare([], { timeLeft: 1000 });
    await land(0, 0, 9);
    expect(await load()).toEqual({ loads: 0, rows: 0, state: "behind" });
    expect(woken).toHaveLength(1);
  });

  it("asks with the same token while the outcome is unknown, with another once it has failed", async () => {
    const { land, load, tokens, waits } = prepare([
      new TransientError("timed out"),
      new TransientError("throttled"),
      new RolledBackError("1023"),
      null,
    ]);
    await land(0, 0, 9);
    expect(await load()).toMatchObject({ loads: 1 });
    const [first] = tokens;
    expect(tokens).toEqual([first, first, first, first?.replace(/-0$/, "-1")]);
    expect(first?.length).toBeLessThanOrEqual(64);
    expect(waits).toHaveLength(3);
  });

  it("gives up after some tries, and on what trying again does not help", async () => {
    const busy = prepare(Array.from({ length: 20 }, () => new TransientError("busy")));
    await busy.land(0, 0, 9);
    await expect(busy.load()).rejects.toThrow("busy");
    expect(busy.tokens.length).toBeLessThan(20);
    const denied = prepare([new WarehouseError("permission denied", 7)]);
    await denied.land(0, 0, 9);
    await expect(denied.load()).rejects.toThrow("permission denied");
    expect(denied.tokens).toHaveLength(1);
  });

  it.each([
    ["a fault that was put right", [new WarehouseError("permission denied", 7)]],
    ["conflicts that used up a run's tries", Array.from({ length: 8 }, () => new RolledBackError("1023"))],
  ])("loads in the next run after %s, though tokens answer with their failures for hours", async (_, failures) => {
    const { land, load, settings, ports } = prepare(failures);
    const remembered = new Map<string, unknown>();
    const warehouse: Warehouse = {
      ...ports.warehouse,
      transaction: async (sqls, token) => {
        if (remembered.has(token)) throw remembered.get(token);
        return ports.warehouse.transaction(sqls, token).catch((error: unknown) => {
          remembered.set(token, error);
          throw error;
        });
      },
    };
    await land(0, 0, 9);
    await expect(loadTable(orders, settings, { ...ports, warehouse })).rejects.toThrow();
    expect(await loadTable(orders, settings, { ...ports, warehouse })).toMatchObject({ loads: 1, rows: 10 });
    expect(await load()).toMatchObject({ loads: 0 });
  });

  it("plans again when the ledger has moved, and stops when that goes on", async () => {
    const moved = (): WarehouseError =>
      new WarehouseError("Invalid digit, Value 'm', Pos 0, Type: Integer", POSITION_STATEMENT);
    const once = prepare([moved()]);
    await once.land(0, 0, 9);
    expect(await once.load()).toMatchObject({ loads: 1 });
    const forever = prepare(Array.from({ length: 9 }, moved));
    await forever.land(0, 0, 9);
    await expect(forever.load()).rejects.toThrow(/the ledger did not move/);
    const missing = prepare([new WarehouseError('relation "ops.ledger" does not exist', POSITION_STATEMENT)]);
    await missing.land(0, 0, 9);
    await expect(missing.load()).rejects.toThrow(/does not exist/);
  });

  it("takes refused lines out, puts them into quarantine, and loads the rest", async () => {
    const fake = prepare([
      new WarehouseError("Load into table 'load_stage' failed. Check 'sys_load_error_detail'", COPY_STATEMENT),
    ]);
    const line = (offset: number, text: string): string => `v,c,t,t,0,${offset},,${text}\n`;
    const key = await fake.land(0, 0, 2, line(0, '"a\nb"') + line(1, "bad") + line(2, "c"));
    fake.refuse([
      {
        file_name: `s3://landing/${key}  `,
        line_number: 3,
        column_name: "id ",
        error_code: 1207,
        error_message: "Invalid digit ",
      },
    ]);
    expect(await fake.load()).toEqual({ loads: 1, rows: 2, state: "done" });
    const [stored] = [...fake.ports.quarantine.objects.values()];
    expect(JSON.parse(String(stored?.body))).toEqual({
      reason: "column id: Invalid digit",
      topic: "lab_orders",
      partition: 0,
      offset: 1,
      definition: definitionHash(fileDefinition(orders)),
      line: line(1, "bad"),
    });
    const copies = [...fake.ports.landing.objects].filter(
      ([name]) => name.startsWith("manifests/") && name.endsWith(".csv.gz"),
    );
    expect(copies.map(([, { body }]) => gunzipSync(body).toString())).toEqual([line(0, '"a\nb"') + line(2, "c")]);
    expect(copies.map(([name]) => definitionOfCopy(name))).toEqual([definitionHash(fileDefinition(orders))]);
    expect(fake.statements.at(-1)?.join("\n")).toContain("COUNT(*) + 1 = 3");
    expect(await fake.load()).toMatchObject({ loads: 0 });
  });

  it("fails with COPY's own error when the warehouse names no line", async () => {
    const fake = prepare([new WarehouseError("S3ServiceException: access denied", COPY_STATEMENT)]);
    await fake.land(0, 0, 2, "x");
    await expect(fake.load()).rejects.toThrow("access denied");
  });

  it("moves the ledger over ranges that hold no row", async () => {
    const { land, load, statements, ledger } = prepare();
    await land(0, 0, 9, "", 0);
    expect(await load()).toMatchObject({ loads: 1, rows: 0 });
    expect(statements[0]?.some((sql) => sql.startsWith("COPY"))).toBe(false);
    expect(ledger.get(0)).toBe(10);
  });

  it("names holes, counts them, and loads what it can", async () => {
    const { land, load, ports } = prepare();
    await land(0, 5, 9);
    await land(1, 0, 4);
    expect(await load()).toMatchObject({ loads: 1, rows: 5 });
    expect(ports.telemetry.metrics.get("OffsetGaps")).toBe(1);
    expect(ports.telemetry.lines.join("\n")).toContain("partition 0: offsets 0 to 4 never landed");
    const wish = JSON.parse(String(ports.landing.objects.get(wishKey("lab_orders", "gap-0-0"))?.body)) as object;
    expect(wish).toMatchObject({ reason: "gap", detail: "lab_orders, partition 0: offsets 0 to 4 never landed" });
  });

  describe("with more objects than it lists at once, and another definition's behind them", () => {
    /** Ten offsets an object, from these on; the last is of another definition. */
    const backlog = async (...firsts: readonly number[]) => {
      const prepared = prepare();
      const other = { ...fileDefinition(orders), nullMarker: nullMarker(1) };
      await prepared.ports.landing.put(definitionKey(definitionHash(other)), toBody(other));
      for (const [i, first] of firsts.entries())
        await prepared.land(0, first, first + 9, "", 10, i === firsts.length - 1 ? other : undefined);
      const gaps = (): readonly string[] =>
        [...prepared.ports.landing.objects.keys()].filter((key) =>
          key.startsWith(wishKey("lab_orders", "gap").slice(0, -5)),
        );
      return { ...prepared, gaps };
    };

    it("takes no hole for granted where the list was cut", async () => {
      const { load, ledger, ports, gaps } = await backlog(0, 10, 20, 30, 40, 50);
      expect(await load()).toEqual({ loads: 4, rows: 60, state: "done" });
      expect(ledger.get(0)).toBe(60);
      expect(ports.telemetry.metrics.has("OffsetGaps")).toBe(false);
      expect(gaps()).toEqual([]);
    });

    it("finds a hole before the cut at once", async () => {
      const { load, ledger, gaps } = await backlog(0, 20, 30, 40);
      expect(await load()).toMatchObject({ loads: 1, rows: 10 });
      expect(ledger.get(0)).toBe(10);
      expect(gaps()).toEqual([wishKey("lab_orders", "gap-0-10")]);
    });

    it("finds a hole behind the cut once the loads have come as far", async () => {
      const { load, ledger, gaps } = await backlog(0, 10, 20, 40);
      expect(await load()).toMatchObject({ loads: 2, rows: 30 });
      expect(gaps()).toEqual([]);
      expect(await load()).toMatchObject({ loads: 0 });
      expect(ledger.get(0)).toBe(30);
      expect(gaps()).toEqual([wishKey("lab_orders", "gap-0-30")]);
    });
  });

  it("stands still while it is held, and goes on after", async () => {
    const { land, load, ports } = prepare();
    await land(0, 0, 4);
    const since = "2026-01-01T00:00:00Z";
    await placeHold(ports.landing, "lab_orders", { by: "operator", reason: "maintenance", since });
    expect(await load()).toEqual({ loads: 0, rows: 0, state: "held" });
    await liftHold(ports.landing, "lab_orders");
    expect(await load()).toMatchObject({ loads: 1 });
  });

  it("goes on behind a hole once a resync stands for it", async () => {
    const { land, load, ledger, ports } = prepare();
    await land(0, 5, 9);
    expect(await load()).toMatchObject({ loads: 0 });
    await noteResync(ports.landing, "lab_orders", "s1", [5]);
    expect(await load()).toMatchObject({ loads: 1, rows: 5 });
    expect(ledger.get(0)).toBe(10);
    expect(ports.telemetry.lines.join("\n")).toContain("a resync stands for");
  });

  it("wakes no star that does not read the table", async () => {
    const { land, load, woken } = prepare([], { starred: false });
    await land(0, 0, 1);
    await load();
    expect(woken).toEqual([]);
  });
});

describe("file definitions", () => {
  const older = { table: { ...orders, columns: { id: orders.columns.id } }, nullMarker: nullMarker(0) };

  it("are the current one or the stored one", async () => {
    const landing = memoryStore();
    expect(await resolveDefinition(definitionHash(fileDefinition(orders)), orders, landing)).toEqual(
      fileDefinition(orders),
    );
    await landing.put(`definitions/${definitionHash(older)}.json`, Buffer.from(JSON.stringify(older)));
    const found = await resolveDefinition(definitionHash(older), orders, landing);
    expect(Object.keys(found.table.columns)).toEqual(["id"]);
  });

  it("fail by name when they are missing or not what they say", async () => {
    const landing = memoryStore();
    const hash = definitionHash(older);
    await expect(resolveDefinition(hash, orders, landing)).rejects.toThrow(
      new RegExp(`definitions/${hash}.json is missing`),
    );
    for (const body of ["{", "{}", JSON.stringify(fileDefinition(orders))]) {
      await landing.put(`definitions/${hash}.json`, Buffer.from(body));
      await expect(resolveDefinition(hash, orders, landing)).rejects.toThrow(/does not hold the definition/);
    }
  });
});

describe("wake-ups", () => {
  const event = (...bodies: string[]): SQSEvent =>
    ({
      Records: bodies.map((body, i) => ({ messageId: `m${i}`, receiptHandle: `r${i}`, body })),
    }) as unknown as SQSEvent;
  const handle = (sqs: SQSEvent, prepared = prepare()) => {
    const released: string[] = [];
    const release = async (handle: string, seconds: number): Promise<void> => {
      released.push(`${handle} ${seconds}`);
    };
    return handleWakeUps(sqs, [orders, lines], prepared.settings, { ...prepared.ports, release }).then((response) => ({
      response,
      released,
    }));
  };

  it("load the table they name", async () => {
    const prepared = prepare();
    await prepared.land(0, 0, 4);
    const body = '{"table":"lab_orders","slot":1}';
    expect((await handle(event(body), prepared)).response).toEqual({ batchItemFailures: [] });
    expect((await handle(event(body), prepared)).response).toEqual({ batchItemFailures: [] });
    expect(prepared.statements).toHaveLength(1);
  });

  it("fail with those behind them, come back soon, and leave a note", async () => {
    const prepared = prepare([new WarehouseError("no such function", 9)]);
    await prepared.land(0, 0, 4);
    const { response, released } = await handle(
      event('{"table":"lab_orders","slot":1}', '{"table":"lab_lines","slot":1}'),
      prepared,
    );
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: "m0" }, { itemIdentifier: "m1" }]);
    expect(released).toEqual(["r0 15"]);
    expect([...prepared.ports.landing.objects.keys()]).toContain("state/errors/lab_orders/load.json");
  });

  it.each(["", "{", "{}", '{"table":"lab_nobody","slot":1}'])(
    "that name no table (%j) are kept for the dead-letter queue",
    async (body) => {
      const prepared = prepare();
      expect((await handle(event(body), prepared)).response.batchItemFailures).toHaveLength(1);
      expect(prepared.ports.telemetry.lines.join()).toContain("wakes no table");
    },
  );
});
