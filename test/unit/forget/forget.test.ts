import { describe, expect, it } from "@jest/globals";
import { Definitions } from "../../../cli/forget/definitions.ts";
import { byColumn, byKey } from "../../../cli/forget/person.ts";
import { withoutPerson } from "../../../cli/forget/quarantine.ts";
import { referencesTo } from "../../../cli/forget/references.ts";
import { forgetText } from "../../../cli/forget/report.ts";
import { soughtRows, tableNamed } from "../../../cli/forget/request.ts";
import { csvFields } from "../../../lambdas/core/csv-lines.ts";
import { customers } from "../../../schemas/sources/classicmodels/customers.ts";
import { orderdetails } from "../../../schemas/sources/classicmodels/orderdetails.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { persons } from "../../support/people.ts";
import { lines, orders, tags } from "../../support/loading/tables.ts";

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

describe("whom to forget", () => {
  it("is asked for by the source's key, in whatever form of it", () => {
    const [one, other] = [byKey(orders, ["007"], undefined), byKey(orders, ["7"], undefined)];
    expect(one.hash).toBe(other.hash);
    expect([one.isRecord({ id: 7 }), one.isRecord({ id: 70 }), one.isRecord({})]).toEqual([true, false, false]);
    expect(byColumn(orders, "amount", "1.5", undefined).fields).toEqual(["1.50"]);
    expect(byKey(tags, ["1", "é"], undefined).fields).toEqual(["31-c3a9"]);
  });

  it("is found by the pseudonym where the key is one", () => {
    const sought = byKey(persons, ["a@x.org"], (text) => `hash of ${text}`);
    expect(sought.isRecord({ email: "hash of a@x.org" })).toBe(true);
    expect(() => byKey(persons, ["a@x.org"], undefined)).toThrow("its key cannot be read");
  });

  it("is refused with a sentence when it cannot be found so", () => {
    expect(() => byKey(orders, ["x"], undefined)).toThrow('lab_orders.id: a whole number is needed, not "x".');
    expect(() => byKey(tags, ["1"], undefined)).toThrow(
      "The key of lab_tags is (order_id, tag): 2 values are needed, 1 given.",
    );
    expect(() => byKey(lines, ["1"], undefined)).toThrow("lab_lines has no key");
    expect(() => byColumn(orders, "colour", "1", undefined)).toThrow("lab_orders has no column colour; it has id");
    expect(() => tableNamed("lab_nothing", [orders])).toThrow("No such table: lab_nothing. Defined are lab_orders.");
    const also = (text: string, key = ["1"]) =>
      soughtRows(key.length === 1 ? orders : tags, key, [text], undefined, [orders, tags]);
    expect(() => also("lab_tags")).toThrow("--also takes <area>_<table>.<column>, not 'lab_tags'.");
    expect(() => also("lab_orders.id", ["1", "a"])).toThrow("the key of lab_tags has several");
    expect(also("lab_tags.order_id").map(({ table }) => table.name)).toEqual(["tags", "orders"]);
  });

  it("is told which other tables hold the key", () => {
    expect(referencesTo(customers)).toEqual([
      "classicmodels_orders.customer_number",
      "classicmodels_payments.customer_number",
    ]);
    expect(referencesTo(orderdetails)).toEqual([]);
  });
});

describe("what is kept of a quarantine object", () => {
  const sought = byKey(orders, ["1"], undefined);
  const cleaned = async (text: string) => withoutPerson(text, sought, new Definitions(sought, memoryStore()));
  const record = (id: number, extra: object = {}) => ({
    reason: "r",
    topic: "lab_orders",
    key: base64({ id }),
    value: base64({ before: null, after: { id } }),
    ...extra,
  });

  it("is everybody else's records", async () => {
    const text = [
      record(1),
      record(2),
      record(3, { key: null, value: null, withheld: true }),
      record(9, { value: base64({ before: { id: 1 }, after: { id: 9 } }) }),
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join("");
    const { text: kept, removed } = await cleaned(text);
    expect(removed).toBe(2);
    expect(
      kept
        ?.trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toEqual([record(2), record(3, { key: null, value: null, withheld: true })]);
    expect(await cleaned(`${JSON.stringify(record(1))}\n`)).toEqual({ text: null, removed: 1 });
  });

  it("finds refused lines, and records in payloads that the event source gave up", async () => {
    const line = { reason: "r", topic: "lab_orders", line: '00001.x,c,,,0,5,,1,"new",1.50,,,\n' };
    expect(await cleaned(`${JSON.stringify(line)}\n`)).toMatchObject({ removed: 1 });
    const payload = {
      records: { "lab_orders-0": [record(1), record(2)], "lab_tags-0": [record(1, { topic: "lab_tags" })] },
    };
    const document = (inner: unknown) => JSON.stringify({ requestContext: {}, payload: inner });
    for (const inner of [payload, JSON.stringify(payload)]) {
      const { text, removed } = await cleaned(document(inner));
      expect(removed).toBe(1);
      expect(text).toContain(base64({ id: 2 }));
    }
  });

  it("is all of what cannot be read", async () => {
    for (const text of ["", "no json\n", "[1]\n", '{"reason":"r"}\n'])
      expect(await cleaned(text)).toMatchObject({ removed: 0 });
  });
});

describe("a line of a file", () => {
  it("is read as COPY reads it", () => {
    expect(csvFields('a,"b ""c"", d",,"e\nf",""\n')).toEqual(["a", 'b "c", d', "", "e\nf", ""]);
    expect(csvFields("a,\n")).toEqual(["a", ""]);
  });
});

it("says what was done and what stays", () => {
  const row = { table: "lab_orders", matched: ["id"], mirror: 1, history: 2, landed: 2, quarantined: 0, live: 1 };
  const text = forgetText({
    dryRun: false,
    tables: [row],
    references: ["lab_tags.order_id"],
    kafkaUntil: "2026-01-01T00:00:00.000Z",
  });
  expect(text).toContain("the source has not deleted 1 of them");
  expect(text).toContain("--also to erase them too: lab_tags.order_id");
  expect(text).toContain("until 2026-01-01");
  expect(forgetText({ dryRun: true, tables: [row], references: [], kafkaUntil: null })).toContain(
    "nothing was changed",
  );
});
