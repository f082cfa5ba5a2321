import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { listQuarantine } from "../../../cli/quarantine/entries.ts";
import { quarantineText } from "../../../cli/quarantine/text.ts";
import { redrive } from "../../../cli/redrive/redrive.ts";
import type { RedrivePorts, RedrivenTable } from "../../../cli/redrive/redrive.ts";
import { column, double, float, int, nullable, varchar } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { qualifiedName } from "../../../schemas/naming.ts";
import { tableSpecs } from "../../../schemas/sql/tables.ts";
import { startLoading } from "../../support/loading/loading.ts";
import type { Loading } from "../../support/loading/loading.ts";
import { mskEvent, recordText } from "../../support/loading/records.ts";

/** A text that is too long for its column goes to quarantine, whole; a number that its type cannot hold is refused by COPY. */
const narrow = defineTable({
  area: { name: "lab", database: "lab" },
  name: "parcels",
  comment: "Parcels.",
  columns: { id: column("id", int()), label: nullable("label", varchar(2)), weight: nullable("weight", float()) },
  key: ["id"],
  partitions: 1,
  tooLong: "quarantine",
});
const wide: AnyTable = {
  ...narrow,
  columns: { ...narrow.columns, label: nullable("label", varchar(40)), extra: nullable("extra", int()) },
};
const log = defineTable({
  area: { name: "lab", database: "lab" },
  name: "notes",
  comment: "Notes.",
  columns: { text: nullable("text", varchar(2)) },
  key: "none",
  partitions: 1,
  tooLong: "quarantine",
});
const wideLog: AnyTable = { ...log, columns: { text: nullable("text", varchar(40)) } };
const LONG = "much longer than two characters";

describe("quarantine and redrive", () => {
  let loading: Loading;
  let cluster: string;
  beforeAll(async () => {
    loading = await startLoading();
  }, 60_000);
  afterAll(async () => loading.stop());
  beforeEach(async () => {
    cluster = loading.reset();
    for (const table of [narrow, log]) {
      for (const { name } of tableSpecs(table)) await loading.rows(`DROP TABLE IF EXISTS ${name} CASCADE`);
    }
    await loading.migrate([narrow, log]);
  });

  const ports = (tables: readonly AnyTable[], changes: Partial<RedrivePorts> = {}): RedrivePorts => ({
    landing: loading.landing,
    quarantine: loading.quarantine,
    cluster,
    tables,
    land: async (key, places) => loading.redrive(tables, key, places),
    load: async (name, keys) => {
      const table = tables.find((each) => qualifiedName(each) === name);
      if (table === undefined) throw new Error(name);
      return loading.replay(table, keys);
    },
    ...changes,
  });
  const send = async (tables: readonly AnyTable[], changes: Partial<RedrivePorts> = {}) =>
    redrive({}, ports(tables, changes));
  const listed = async () => (await listQuarantine(loading.quarantine, cluster)).entries;
  const parcels = async () => loading.rows("SELECT id, label, weight FROM source.lab_parcels ORDER BY id");
  const counts = async () => loading.rows("SELECT id, COUNT(*) AS n FROM history.lab_parcels GROUP BY id ORDER BY id");
  const nothing: Omit<RedrivenTable, "table"> = { redriven: 0, refused: [], waiting: 0, withheld: 0 };

  /** Two rows arrive, one stays in quarantine as a record and one as a line. */
  const fill = async (): Promise<void> => {
    await loading.land(narrow, [
      { op: "c", at: 100, row: { id: 1, label: "a", weight: 1 } },
      { op: "c", at: 110, row: { id: 2, label: LONG, weight: 2 } },
      { op: "c", at: 120, row: { id: 3, label: "c", weight: 1e300 } },
      { op: "c", at: 130, row: { id: 4, label: "d", weight: 4 } },
    ]);
    expect(await loading.load(narrow)).toMatchObject({ rows: 2 });
  };

  it("lists records and lines with payload, reason and place", async () => {
    await fill();
    const entries = await listed();
    expect(entries).toMatchObject([
      { kind: "record", table: "lab_parcels", partition: 0, offset: 1, reason: expect.stringContaining("label") },
      { kind: "line", table: "lab_parcels", partition: 0, offset: 2, reason: expect.stringContaining("weight") },
    ]);
    expect(entries[0]?.payload).toContain(LONG);
    expect(entries[1]?.payload).toContain("1e+300");
    const filtered = await listQuarantine(loading.quarantine, cluster, { tables: ["lab_parcels"], reason: "WEIGHT" });
    expect(filtered.entries.map(({ offset }) => offset)).toEqual([2]);
    expect((await listQuarantine(loading.quarantine, cluster, { tables: ["lab_notes"] })).entries).toEqual([]);
    const text = quarantineText({ entries, unreadable: [] }, 1);
    expect(text).toContain("2 entries, 1 not shown");
    expect(text).not.toContain(entries[0]?.payload);
  });

  it("leaves what still fails, with the reason of now", async () => {
    await fill();
    const before = await parcels();
    const [result] = await send([narrow]);
    expect(result).toMatchObject({ redriven: 0, waiting: 0, withheld: 0 });
    expect(result?.refused.map(({ offset }) => offset)).toEqual([1, 2]);
    expect(await parcels()).toEqual(before);
    expect((await listed()).map(({ offset, kind }) => [offset, kind])).toEqual([
      [1, "record"],
      [2, "line"],
    ]);
  });

  it("brings a record in once its column is wide enough, exactly once however often it is sent", async () => {
    await fill();
    await loading.migrate([wide]);
    expect(await send([wide])).toMatchObject([{ redriven: 1, refused: [{ offset: 2 }] }]);
    expect(await parcels()).toMatchObject([{ id: 1 }, { id: 2, label: LONG, weight: 2 }, { id: 4 }]);
    expect((await listed()).map(({ offset }) => offset)).toEqual([2]);
    expect(await send([wide])).toMatchObject([{ redriven: 0, refused: [{ offset: 2 }] }]);
    expect(await counts()).toEqual([1, 2, 4].map((id) => ({ id, n: 1 })));
    // The batch comes once more, as Kafka may deliver it.
    expect(await loading.load(wide)).toMatchObject({ loads: 0 });
  });

  it("brings a line in once the warehouse takes it, under the definition of now", async () => {
    await fill();
    const texts: AnyTable = { ...wide, columns: { ...wide.columns, weight: nullable("weight", double()) } };
    for (const { name } of tableSpecs(narrow)) await loading.rows(`DROP TABLE IF EXISTS ${name} CASCADE`);
    await loading.migrate([texts]);
    // A ledger that is past the offsets, as in a warehouse that was rebuilt.
    await loading.load(texts);
    await send([texts]);
    expect(await parcels()).toMatchObject([
      { id: 1, weight: 1 },
      { id: 2, label: LONG },
      { id: 3, label: "c", weight: 1e300 },
      { id: 4 },
    ]);
    expect(await listed()).toEqual([]);
    expect(loading.quarantine.objects.size).toBe(0);
  });

  it("brings back a row that a resync read, that could not be loaded, and that the resync's floor has deleted since", async () => {
    await loading.land(narrow, [{ op: "c", at: 100, row: { id: 1, label: "a", weight: 1 } }]);
    await loading.load(narrow);
    await loading.land(
      narrow,
      [
        { op: "r", at: 500, row: { id: 1, label: LONG, weight: 1 } },
        { op: "t", at: 500, kind: "resync", id: "s1" },
      ],
      { offset: 1 },
    );
    await loading.load(narrow);
    expect(await parcels()).toEqual([]);
    await loading.migrate([wide]);
    expect(await send([wide])).toMatchObject([{ redriven: 1 }]);
    expect(await parcels()).toMatchObject([{ id: 1, label: LONG }]);
    const history = await loading.rows("SELECT _op FROM history.lab_parcels ORDER BY _version, _op");
    expect(history).toEqual([{ _op: "c" }, { _op: "r" }]);
  });

  it("does not let an old record win over what came since", async () => {
    await fill();
    await loading.land(narrow, [{ op: "u", at: 200, row: { id: 2, label: "ok", weight: 9 } }], { offset: 4 });
    await loading.load(narrow);
    await loading.migrate([wide]);
    await send([wide]);
    expect(await parcels()).toMatchObject([{ id: 1 }, { id: 2, label: "ok", weight: 9 }, { id: 4 }]);
    expect(await counts()).toMatchObject([{ id: 1 }, { id: 2, n: 2 }, { id: 4 }]);
  });

  it("keeps rows of a table without a key apart, and takes each once", async () => {
    await loading.land(log, [
      { op: "r", at: 100, row: { text: LONG } },
      { op: "r", at: 100, row: { text: LONG } },
      { op: "r", at: 100, row: { text: "ok" } },
    ]);
    await loading.load(log);
    await loading.migrate([wideLog]);
    const copy = new Map(loading.quarantine.objects);
    expect(await send([wideLog])).toMatchObject([{ redriven: 2 }]);
    // As if the one that sent them had died before it took them out.
    for (const [key, object] of copy) loading.quarantine.objects.set(key, object);
    expect(await send([wideLog])).toMatchObject([{ redriven: 2 }]);
    expect(await loading.rows("SELECT COUNT(*) AS n FROM history.lab_notes")).toEqual([{ n: 3 }]);
    expect(await listed()).toEqual([]);
  });

  it("can break off anywhere: what is not loaded stays, and the next time ends it", async () => {
    for (let broken = 1; ; broken++) {
      cluster = loading.reset();
      for (const { name } of tableSpecs(narrow)) await loading.rows(`DROP TABLE IF EXISTS ${name} CASCADE`);
      await loading.migrate([narrow]);
      await fill();
      await loading.migrate([wide]);
      let calls = 0;
      const step = (): void => {
        calls += 1;
        if (calls === broken) throw new Error("broken off");
      };
      const { quarantine, landing } = loading;
      const all = ports([wide]);
      const attempt = send([wide], {
        landing: { ...landing, put: async (key: string, body: Buffer) => (step(), landing.put(key, body)) },
        quarantine: {
          ...quarantine,
          putIfMatch: async (key: string, body: Buffer, etag: string) => (
            step(),
            quarantine.putIfMatch(key, body, etag)
          ),
          remove: async (key: string) => (step(), quarantine.remove(key)),
        },
        land: async (key, places) => (step(), all.land(key, places)),
        load: async (name, keys) => {
          step();
          const outcome = await all.load(name, keys);
          step();
          return outcome;
        },
      }).catch(() => undefined);
      await attempt;
      await send([wide]);
      expect(await parcels()).toMatchObject([{ id: 1 }, { id: 2, label: LONG }, { id: 4 }]);
      expect(await counts()).toEqual([1, 2, 4].map((id) => ({ id, n: 1 })));
      expect((await listed()).map(({ offset }) => offset)).toEqual([2]);
      if (calls < broken) break;
    }
  }, 240_000);

  it("waits for loads that have not come as far yet", async () => {
    await loading.land(narrow, [{ op: "c", at: 100, row: { id: 1, label: LONG, weight: 1 } }]);
    await loading.migrate([wide]);
    expect(await send([wide])).toEqual([{ table: "lab_parcels", ...nothing, waiting: 1 }]);
    expect(await listed()).toHaveLength(1);
    await loading.load(wide);
    expect(await send([wide])).toEqual([{ table: "lab_parcels", ...nothing, redriven: 1 }]);
    expect(await parcels()).toMatchObject([{ id: 1, label: LONG }]);
  });

  it("lands a batch that the event source gave up, and its hole is closed", async () => {
    const change = (id: number, at: number) => recordText(narrow, { op: "c", at, row: { id, label: "x", weight: 1 } });
    const payload = JSON.stringify(mskEvent(narrow, [change(1, 100), "{", change(2, 110)]));
    const given = {
      requestContext: { condition: "RetryAttemptsExhausted" },
      timestamp: "2026-01-01T00:00:00Z",
      payload,
    };
    await loading.quarantine.put("aws/lambda/m/lab_parcels-0/2026/01/01/x", Buffer.from(JSON.stringify(given)));
    await loading.land(narrow, [{ op: "c", at: 120, row: { id: 3, label: "y", weight: 1 } }], { offset: 3 });
    expect(await loading.load(narrow)).toMatchObject({ loads: 0 });
    expect(await listed()).toMatchObject([{ kind: "batch", offset: 0, lastOffset: 2 }]);
    expect(await send([narrow])).toEqual([{ table: "lab_parcels", ...nothing, redriven: 1 }]);
    expect(await loading.load(narrow)).toMatchObject({ rows: 3 });
    expect(await parcels()).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(await listed()).toMatchObject([{ kind: "record", offset: 1, payload: "{" }]);
  });

  it("does not show batches of tables with personal data, which nobody has looked at", async () => {
    const people = defineTable({
      area: narrow.area,
      name: narrow.name,
      comment: "People.",
      columns: { id: column("id", int()), name: column("name", varchar(20), { pii: "pseudonymise" }) },
      key: ["id"],
    });
    const payload = JSON.stringify(mskEvent(people, ["a canary"]));
    const given = { requestContext: { condition: "RetryAttemptsExhausted" }, payload };
    await loading.quarantine.put("aws/lambda/m/lab_parcels-0/x", Buffer.from(JSON.stringify(given)));
    const found = await listQuarantine(loading.quarantine, cluster, {}, [people]);
    expect(found.entries).toMatchObject([{ kind: "batch", withheld: true, payload: null }]);
    expect(JSON.stringify(found)).not.toContain("canary");
  });

  it("lists changes that were too large to travel, and leaves them to a resync", async () => {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const place = { topic: "lab_parcels", partition: null, offset: null, timestamp: 0 };
    const change = { ...place, reason: "the record is larger", key: base64('{"id":1}'), value: base64("big") };
    await loading.quarantine.put("capture/lab_parcels/x.jsonl", Buffer.from(`${JSON.stringify(change)}\n`));
    expect(await listed()).toMatchObject([{ kind: "change", table: "lab_parcels", key: '{"id":1}', payload: "big" }]);
    expect(await send([narrow])).toEqual([{ table: "lab_parcels", ...nothing, withheld: 1 }]);
    expect(await listed()).toHaveLength(1);
  });

  it("says what cannot be sent back: no payload, no table, no sense", async () => {
    const place = { reason: "r", topic: "lab_parcels", partition: 0, offset: 7, timestamp: 0, key: null, value: null };
    const gone = { ...place, topic: "lab_gone", offset: 8 };
    const text = `${JSON.stringify({ ...place, withheld: true })}\n${JSON.stringify(gone)}\nnonsense\n`;
    await loading.quarantine.put(`land/${cluster}/lab_parcels/p=0/x.jsonl`, Buffer.from(text));
    const found = await listQuarantine(loading.quarantine, cluster);
    expect(found.unreadable).toEqual([`land/${cluster}/lab_parcels/p=0/x.jsonl`]);
    expect(quarantineText(found, 9)).toContain("withheld");
    expect(await send([narrow])).toEqual([
      { table: "lab_gone", ...nothing, refused: [expect.objectContaining({ offset: 8 })] },
      { table: "lab_parcels", ...nothing, withheld: 1 },
    ]);
    expect(String(loading.quarantine.objects.get(`land/${cluster}/lab_parcels/p=0/x.jsonl`)?.body)).toBe(text);
  });
});
