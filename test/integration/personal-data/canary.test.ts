import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { binlogOf } from "../../../lambdas/adapters/binlog/index.ts";
import { parseMysqlUrl } from "../../../lambdas/adapters/mysql/index.ts";
import { parseCheckpoint } from "../../../lambdas/core/checkpoint.ts";
import { METRICS } from "../../../lambdas/core/metrics.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import { tableSpecs } from "../../../schemas/sql/tables.ts";
import { persons, visits } from "../../support/people.ts";
import {
  kept,
  loading,
  messages,
  personal,
  pseudonym,
  source,
  startWorld,
  state,
  stopWorld,
  tables,
  telemetry,
  writer,
} from "./world.ts";

/** Everything personal has one of these in it; so has every unknown column. */
const CANARIES = ["kanarie", "7700123456789", "1911-11-11"];

beforeAll(startWorld, 180_000);
afterAll(stopWorld);

/** Names the canaries that a text has in it, plain, in hexadecimal or in base64. */
function canariesIn(text: string): readonly string[] {
  const decoded = text.replace(
    /[A-Za-z0-9+/]{8,}={0,2}/g,
    (part) => `${part} ${Buffer.from(part, "base64").toString("latin1")}`,
  );
  const low = decoded.toLowerCase();
  return CANARIES.filter((canary) => low.includes(canary) || low.includes(Buffer.from(canary).toString("hex")));
}

describe("personal data, and columns nobody has defined beside it, on real engines", () => {
  it("would be found by the search", () => {
    expect(canariesIn(Buffer.from("x kanarie").toString("base64"))).toEqual(["kanarie"]);
    expect(canariesIn(Buffer.from("kanarie").toString("hex"))).toEqual(["kanarie"]);
    expect(canariesIn('{"tax":7700123456789,"born":"1911-11-11"}')).toEqual(["7700123456789", "1911-11-11"]);
  });

  it("are in no record of Kafka, key or value", () => {
    expect(messages.length).toBeGreaterThan(12);
    for (const { key, value } of messages) expect(canariesIn(`${String(key)} ${String(value)}`)).toEqual([]);
  });

  it("are in no object: landing, quarantine, state, also not in what a chunk goes on from", () => {
    const files = [...loading.landing.objects].map(([name, { body }]) =>
      name.endsWith(".gz") ? gunzipSync(body).toString("utf8") : body.toString("utf8"),
    );
    const others = [loading.quarantine, state].flatMap((store) =>
      [...store.objects.values()].map(({ body }) => body.toString("utf8")),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const text of [...files, ...others, ...kept]) expect(canariesIn(text)).toEqual([]);
    expect(kept.some((text) => text.includes('"sealed"'))).toBe(true);
  });

  it("are in no log line and no cell of the warehouse", async () => {
    expect(telemetry.lines.length).toBeGreaterThan(5);
    for (const line of [...telemetry.lines, ...loading.telemetry.lines]) expect(canariesIn(line)).toEqual([]);
    for (const { name } of tables.flatMap(tableSpecs)) {
      expect([name, canariesIn(JSON.stringify(await loading.rows(`SELECT * FROM ${name}`)))]).toEqual([name, []]);
    }
  });

  it("quarantines what fails: ours with its payload, anything else without", () => {
    const lines = [...loading.quarantine.objects.values()].flatMap(({ body }) =>
      body.toString("utf8").trim().split("\n"),
    );
    const records = lines.map(
      (line) => JSON.parse(line) as { topic: string; value: string | null; withheld?: true; reason: string },
    );
    const foreign = records.filter(({ topic }) => topic === "people_persons");
    expect(foreign.map(({ value, withheld }) => [value, withheld])).toEqual(Array(3).fill([null, true]));
    expect(foreign.map(({ reason }) => reason)).toEqual([
      expect.stringContaining("another connector"),
      expect.stringContaining("column email is personal data"),
      expect.stringContaining("cannot be read"),
    ]);
    const ours = records.filter(({ topic }) => topic === "people_visits");
    expect(ours).toHaveLength(2);
    for (const { value } of ours)
      expect(Buffer.from(value ?? "", "base64").toString()).toMatch(/"email":"[0-9a-f]{64}"/);
  });

  it("arrive as HMAC-SHA-256 of their canonical text; NULL stays NULL; dropped ones have no column", async () => {
    const found = await loading.rows("SELECT * FROM source.people_persons ORDER BY city, email");
    const names = ["email", "name", "tax", "born", "token", "city"];
    expect(Object.keys(found[0] ?? {}).sort()).toEqual([...names].sort());
    const of = (who: string) => found.find(({ email }) => email === pseudonym(who));
    expect(of("kanarie-a@x.org")).toEqual({
      email: pseudonym("kanarie-a@x.org"),
      name: pseudonym("Kanarie Neu"),
      tax: pseudonym("7700123456789"),
      born: pseudonym("1911-11-11"),
      token: pseudonym(Buffer.from("kanarie token").toString("base64")),
      city: "Bern",
    });
    expect(of("kanarie-moved@x.org")?.["name"]).toBe(pseudonym("Kanarie kanarie-b@x.org"));
    expect(of("kanarie-c@x.org")).toMatchObject({ name: null, city: null });
    expect(of("plain@x.org")).toMatchObject({ name: null, tax: null, born: null, token: null });
    expect(found).toHaveLength(4);
    const [deleted] = await loading.rows("SELECT COUNT(*) AS n FROM mirror.people_persons WHERE _deleted");
    expect(deleted).toEqual({ n: 2 });
  });

  it("still join, also across character sets", async () => {
    const joined = await loading.rows(
      "SELECT v.id, p.city FROM source.people_visits v JOIN source.people_persons p ON p.email = v.email ORDER BY v.id",
    );
    expect(joined).toEqual([
      { id: 1, city: "Bern" },
      { id: 2, city: "Bern" },
    ]);
  });

  it("agree in before and after images, keys, and between snapshot and log", () => {
    const records = messages.map(
      ({ value }) => JSON.parse(String(value)) as { before: object | null; after: object | null; op: string },
    );
    const persons = records.filter(({ before, after }) => "tax" in (before ?? after ?? {}));
    const seen = (op: string, side: "before" | "after") =>
      persons.filter((record) => record.op === op).map((record) => Object.keys(record[side] ?? {}).sort());
    const columns = ["born", "city", "email", "fullName", "tax", "token"];
    for (const [op, side] of [
      ["r", "after"],
      ["c", "after"],
      ["u", "before"],
      ["u", "after"],
      ["d", "before"],
    ] as const) {
      expect(seen(op, side).length).toBeGreaterThan(0);
      for (const names of seen(op, side)) expect(names).toEqual(columns);
    }
  });

  it("is counted where columns stay at the source, and kept in _unmapped in tables without personal data", async () => {
    expect(telemetry.metrics.get(METRICS.unmapped)).toBeGreaterThanOrEqual(3);
    expect(telemetry.lines.filter((line) => line.includes("stays at the source")).join()).toContain("unknown3");
    const rows = await loading.rows(
      "SELECT id, JSON_SERIALIZE(_unmapped) AS rest FROM mirror.people_places ORDER BY id",
    );
    expect(rows).toEqual([
      { id: 1, rest: '{"extra":"bears"}' },
      { id: 2, rest: '{"extra":"seven hills"}' },
    ]);
    for (const { name } of [persons, visits])
      expect(
        await loading.rows(`SELECT COUNT(*) AS n FROM history.people_${name} WHERE _unmapped IS NOT NULL`),
      ).toEqual([{ n: 0 }]);
  });

  it("does not show in the error for a change that was logged as a statement", async () => {
    const target = parseMysqlUrl(source.captureEndpoint);
    await writer.query("SET SESSION binlog_format = 'STATEMENT'");
    await writer.query("UPDATE people.persons SET fullName = 'kanarie statement' WHERE email = 'plain@x.org'");
    await writer.query("SET SESSION binlog_format = 'ROW'");
    const stored = parseCheckpoint(state.objects.get(checkpointKey("test"))?.body.toString() ?? "", "");
    const read = async (): Promise<void> => {
      const events = binlogOf(target, { ...personal, untilEnd: true })({
        from: stored.position,
        gtid: null,
        serverId: 7_190,
        tables,
        signal: new AbortController().signal,
      });
      for await (const batch of events) expect(batch).toBeDefined();
    };
    const error = await read().then(
      () => null,
      (cause: unknown) => cause as Error,
    );
    expect(error?.message).toContain("people.persons");
    expect(canariesIn(error?.message ?? "")).toEqual([]);
  });
});
