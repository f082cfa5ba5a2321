import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { eraseEverywhere, findRows } from "../../../cli/forget/erase.ts";
import type { ErasePorts } from "../../../cli/forget/erase.ts";
import { byColumn, byKey } from "../../../cli/forget/person.ts";
import type { Sought } from "../../../cli/forget/person.ts";
import { MAX_VALUE_BYTES, withSizeLimit } from "../../../lambdas/core/size-limit.ts";
import * as c from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { parseLandingKey, topicName } from "../../../schemas/naming.ts";
import { tableSpecs } from "../../../schemas/sql/tables.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { lines, orders, tags } from "../../support/loading/tables.ts";
import { recordingPublisher } from "../../support/recording.ts";

const CANARY = "canary";
const defined = [orders, tags, lines];

describe("millrace forget on a warehouse and its files", () => {
  let loading: Loading;
  let cluster: string;
  let ids = 0;
  beforeAll(async () => {
    loading = await startLoading();
    await loading.migrate(defined);
  }, 60_000);
  afterAll(async () => loading.stop());
  beforeEach(async () => {
    cluster = loading.reset();
    for (const spec of defined.flatMap(tableSpecs)) await loading.rows(`DELETE FROM ${spec.name}`);
    await loading.rows("DELETE FROM ops.batch");
    await loading.rows("DELETE FROM ops.erasure");
  });

  const ports = (changes: Partial<ErasePorts> = {}): ErasePorts => ({
    warehouse: loading.warehouse,
    landing: loading.landing,
    quarantine: loading.quarantine,
    cluster,
    wakeStar: async () => undefined,
    sleep: async () => undefined,
    now: Date.now,
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    random: () => 0,
    ...changes,
  });
  const erase = async (sought: Sought, changes: Partial<ErasePorts> = {}) =>
    eraseEverywhere(sought, false, ports(changes));

  /** Every text that any place holds: tables, landed objects, quarantine with its payloads decoded. */
  const everything = async (): Promise<string> => {
    const names = [...defined.flatMap(tableSpecs).map(({ name }) => name), "ops.erasure", "ops.batch"];
    const rows = await Promise.all(
      names.map(async (name) => JSON.stringify(await loading.rows(`SELECT * FROM ${name}`))),
    );
    const files = [...loading.landing.objects].map(([key, { body }]) =>
      key.endsWith(".gz") ? gunzipSync(body).toString("utf8") : body.toString("utf8"),
    );
    const kept = [...loading.quarantine.objects].map(([, { body }]) =>
      body
        .toString("utf8")
        .replace(/"(?:key|value)":"([^"]+)"/g, (_, text: string) => Buffer.from(text, "base64").toString("utf8")),
    );
    return [...rows, ...files, ...kept].join("\n");
  };
  const landed = (): number =>
    [...loading.landing.objects.keys()].reduce((sum, key) => sum + (parseLandingKey(key)?.rows ?? 0), 0);

  const order = (id: number, status: string | null, amount = "1.50") => ({ id, status, amount });
  const fill = async (): Promise<void> => {
    await loading.land(orders, [
      { op: "r", at: 100, row: order(1, `${CANARY} a`) },
      { op: "r", at: 100, row: order(2, "new") },
      { op: "u", at: 200, row: order(1, `${CANARY} b`) },
      { op: "u", at: 250, row: order(1, `${CANARY} b`, "too much") },
      { op: "u", at: 260, row: order(2, "bad", "too much") },
    ]);
    await loading.land(orders, [{ op: "c", at: 150, row: order(11, "new") }], { partition: 1 });
    await loading.land(orders, [{ op: "d", at: 300, row: order(1, `${CANARY} c`) }], { offset: 5 });
    await loading.load(orders);
  };

  it("takes a key out of mirror, history, files and quarantine, and leaves the others", async () => {
    await fill();
    expect(await everything()).toContain(CANARY);
    const sought = byKey(orders, ["1"], undefined);
    const found = { table: "lab_orders", matched: ["id"], mirror: 1, history: 3, landed: 3, quarantined: 1, live: 0 };
    expect(await findRows(sought, ports())).toEqual(found);
    expect(await erase(sought)).toEqual(found);
    expect(await everything()).not.toContain(CANARY);
    expect(await loading.rows("SELECT id, status FROM source.lab_orders ORDER BY id")).toEqual([
      { id: 2, status: "new" },
      { id: 11, status: "new" },
    ]);
    expect(landed()).toBe(2);
    expect(
      [...loading.quarantine.objects.values()].map(({ body }) => body.toString("utf8").split("\n").length),
    ).toEqual([2]);
  });

  it("takes out what was too large to travel", async () => {
    await fill();
    const limited = withSizeLimit(recordingPublisher(), {
      ...{ quarantine: loading.quarantine, telemetry: loading.telemetry, now: Date.now },
    });
    for (const id of [1, 2]) {
      const after = JSON.stringify(order(id, (id === 1 ? CANARY : "other").repeat(MAX_VALUE_BYTES / 5)));
      const value = `{"before":null,"after":${after},"op":"c","ts_ms":1,"source":{"pos":${id}}}`;
      limited.send(topicName(orders), `{"id":${id}}`, value);
    }
    await limited.flush();
    expect(await erase(byKey(orders, ["1"], undefined))).toMatchObject({ quarantined: 2 });
    expect(await everything()).not.toContain(CANARY);
    const left = [...loading.quarantine.objects.keys()].filter((key) => key.startsWith("capture/"));
    expect(left).toHaveLength(1);
  });

  it("notes that it was done, not about whom", async () => {
    await fill();
    await erase(byKey(orders, ["1"], undefined));
    const [note, ...more] = await loading.rows("SELECT * FROM ops.erasure");
    expect(more).toEqual([]);
    expect(note).toMatchObject({ table_name: "lab_orders", matched: "id", mirror_rows: 1, history_rows: 3 });
    expect(note).toMatchObject({ landed_rows: 3, quarantined_rows: 1 });
    expect(note?.["value_hash"]).toMatch(/^[0-9a-f]{64}$/);
    expect(note?.["finished_at"]).not.toBeNull();
  });

  it("finds nothing the second time and adds no note", async () => {
    await fill();
    const sought = byKey(orders, ["1"], undefined);
    await erase(sought);
    const before = [...loading.landing.objects.keys()];
    expect(await erase(sought)).toMatchObject({ mirror: 0, history: 0, landed: 0, quarantined: 0 });
    expect([...loading.landing.objects.keys()]).toEqual(before);
    expect(await loading.rows("SELECT COUNT(*) AS n FROM ops.erasure")).toEqual([{ n: 1 }]);
  });

  it("is not undone by a replay of all files, nor by old records that are published again", async () => {
    await fill();
    const removed = [...loading.landing.objects].filter(([key]) => parseLandingKey(key) !== null);
    await erase(byKey(orders, ["1"], undefined));
    // As it was landed before: a backup put back, or a batch of Kafka landed again.
    for (const [key, object] of removed) loading.landing.objects.set(key, object);
    for (const spec of tableSpecs(orders)) await loading.rows(`DELETE FROM ${spec.name}`);
    await loading.load(orders);
    await loading.land(orders, [{ op: "u", at: 200, row: order(1, `${CANARY} b`) }], { offset: 6 });
    await loading.load(orders);
    expect(await loading.rows("SELECT id FROM history.lab_orders WHERE id = 1")).toEqual([]);
    expect(await loading.rows("SELECT id FROM source.lab_orders ORDER BY id")).toEqual([{ id: 2 }, { id: 11 }]);
    expect(await erase(byKey(orders, ["1"], undefined))).toMatchObject({ mirror: 0, history: 0 });
    expect(await everything()).not.toContain(CANARY);
  });

  it("lets in what the source writes of the key afterwards", async () => {
    await fill();
    await erase(byKey(orders, ["1"], undefined));
    await loading.land(orders, [{ op: "c", at: 900, row: order(1, "again") }], { offset: 6 });
    await loading.load(orders);
    expect(await loading.rows("SELECT status FROM source.lab_orders WHERE id = 1")).toEqual([{ status: "again" }]);
    expect(await findRows(byKey(orders, ["1"], undefined), ports())).toMatchObject({ live: 1, mirror: 1 });
  });

  it("goes on where it broke off, wherever that was", async () => {
    for (let broken = 1; ; broken++) {
      cluster = loading.reset();
      for (const spec of tableSpecs(orders)) await loading.rows(`DELETE FROM ${spec.name}`);
      await loading.rows("DELETE FROM ops.erasure");
      await fill();
      let calls = 0;
      const breaking =
        <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
        async (...args: A): Promise<T> => {
          calls += 1;
          if (calls === broken) throw new Error("broken off");
          return call(...args);
        };
      const { landing, warehouse } = loading;
      const attempt = erase(byKey(orders, ["1"], undefined), {
        warehouse: {
          ...warehouse,
          transaction: breaking(async (sqls: readonly string[], token: string) => warehouse.transaction(sqls, token)),
        },
        landing: {
          ...landing,
          put: breaking(async (key: string, body: Buffer) => landing.put(key, body)),
          remove: breaking(async (key: string) => landing.remove(key)),
        },
      });
      const broke = await attempt.then(
        () => false,
        () => true,
      );
      await erase(byKey(orders, ["1"], undefined));
      expect(await everything()).not.toContain(CANARY);
      expect(landed()).toBe(2);
      expect(await loading.rows("SELECT COUNT(*) AS n FROM ops.erasure WHERE finished_at IS NULL")).toEqual([{ n: 0 }]);
      if (!broke) break;
    }
  }, 120_000);

  it("finds keys of text exactly, and rows of other tables by a column", async () => {
    const tag = (orderId: number, name: string, note: string) => ({ orderId, tag: name, note });
    await loading.land(tags, [
      { op: "c", at: 100, row: tag(1, 'a"b,c\nd', `${CANARY} 1`) },
      { op: "c", at: 101, row: tag(1, "A", "kept") },
      { op: "c", at: 102, row: tag(1, "a", `${CANARY} 2`) },
      { op: "c", at: 103, row: tag(1, "a ", "kept") },
      { op: "c", at: 104, row: tag(7, "x", `${CANARY} 3`) },
      { op: "u", at: 105, row: tag(8, "moved", `${CANARY} 4`) },
    ]);
    await loading.load(tags);
    expect(await erase(byKey(tags, ["1", 'a"b,c\nd'], undefined))).toMatchObject({ mirror: 1, history: 1, landed: 1 });
    expect(await erase(byKey(tags, ["1", "a"], undefined))).toMatchObject({ mirror: 1, history: 1, landed: 1 });
    for (const id of ["7", "8"]) {
      expect(await erase(byColumn(tags, "order_id", id, undefined))).toMatchObject({ mirror: 1, landed: 1 });
    }
    expect(await everything()).not.toContain(CANARY);
    const left = await loading.rows("SELECT * FROM source.lab_tags ORDER BY order_id");
    expect(left.map((row) => `${String(row["tag"])}:${String(row["note"])}`).sort()).toEqual(["A:kept", "a :kept"]);
  });

  it("reads refused lines and copies of files under the definition that they were written under", async () => {
    const columns = {
      place: c.column("place", c.int()),
      id: c.column("id", c.int()),
      weight: c.nullable("weight", c.float()),
      note: c.nullable("note", c.varchar(20)),
    };
    const ranked = { area: orders.area, name: "ranked", comment: "Ranked.", key: ["id"], partitions: 1 } as const;
    const before = defineTable({ ...ranked, columns });
    const { place, ...others } = columns;
    const after: AnyTable = defineTable({ ...ranked, columns: { ...others, place } });
    const TOO_MUCH = 1e300;
    const row = (at: number, id: number, weight: number) => ({
      ...{ place: at, id, weight },
      note: id === 1 ? CANARY : `not ${id}`,
    });
    await loading.migrate([before]);
    await loading.land(before, [
      { op: "c", at: 100, row: row(5, 1, TOO_MUCH) },
      { op: "c", at: 110, row: row(1, 2, TOO_MUCH) },
      { op: "u", at: 120, row: row(6, 1, 1) },
      { op: "c", at: 130, row: row(1, 3, 1) },
    ]);
    await loading.load(before);
    await loading.migrate([after]);
    // The landed object, its copy for the load, quarantine.
    expect(await erase(byKey(after, ["1"], undefined))).toMatchObject({ mirror: 1, landed: 2 + 1, quarantined: 1 });
    const left = await everything();
    expect(left).not.toContain(CANARY);
    expect(left.match(/not 2/g)).toHaveLength(2);
    expect(left.match(/not 3/g)).toHaveLength(2);
    expect(await loading.rows("SELECT id, place FROM source.lab_ranked")).toEqual([{ id: 3, place: 1 }]);
  });

  it("reaches rows of a table without a key by a column", async () => {
    await loading.land(lines, [
      { op: "c", at: 100, row: { text: CANARY } },
      { op: "c", at: 101, row: { text: "kept" } },
    ]);
    await loading.load(lines);
    expect(() => byKey(lines, ["1"], undefined)).toThrow("has no key");
    expect(await erase(byColumn(lines, "text", CANARY, undefined))).toMatchObject({ history: 1, landed: 1 });
    expect(await everything()).not.toContain(CANARY);
  });
});
