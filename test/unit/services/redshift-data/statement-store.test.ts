import { describe, expect, it } from "@jest/globals";
import { LIMITS } from "../../../../localstack/services/redshift-data/limits.ts";
import { StatementStore } from "../../../../localstack/services/redshift-data/statement.ts";
import type { Statement, Status } from "../../../../localstack/services/redshift-data/statement.ts";

const HOUR = 3_600_000;
const MEGABYTE = 1024 * 1024;

describe("what the Data API remembers", () => {
  it("is a day of statements, as long as they are small", () => {
    const { store, add, wait } = storeAt();
    add("first");
    wait(23 * HOUR);
    add("second");
    expect(store.all().map(({ id }) => id)).toEqual(["second", "first"]);
    wait(2 * HOUR);
    add("third");
    expect(store.all().map(({ id }) => id)).toEqual(["third", "second"]);
  });

  it("does not grow with the number of statements: the oldest go first, once nobody can still ask", () => {
    const { store, add, wait } = storeAt();
    for (let i = 0; i < 1_000; i++) {
      wait(60_000);
      add(`s${i}`, { text: "x".repeat(MEGABYTE) });
    }
    const kept = store.all();
    expect(kept.length * MEGABYTE).toBeLessThanOrEqual(LIMITS.keepBytes + MEGABYTE);
    expect(kept[0]?.id).toBe("s999");
    expect(() => store.get("s0")).toThrow("Query does not exist");
  });

  it("keeps what is running, and what is young with its client token, however much that is", () => {
    const { store, add, wait } = storeAt();
    const text = "x".repeat(MEGABYTE);
    add("running", { text, status: "STARTED" });
    add("old", { text });
    wait(HOUR);
    for (let i = 0; i < 200; i++) add(`young${i}`, { text, token: `token${i}` });
    expect(store.get("running").statement.status).toBe("STARTED");
    expect(() => store.get("old")).toThrow("Query does not exist");
    expect(store.byToken("token0", "request")?.id).toBe("young0");
  });
});

interface Added {
  readonly text?: string;
  readonly status?: Status;
  readonly token?: string;
}

function storeAt() {
  let time = Date.parse("2026-01-01T00:00:00Z");
  const store = new StatementStore(() => new Date(time));
  const add = (id: string, { text = "SELECT 1", status = "FINISHED", token }: Added = {}) =>
    store.add(statement(id, text, status, new Date(time)), token, "request");
  return { store, add, wait: (milliseconds: number) => void (time += milliseconds) };
}

function statement(id: string, sql: string, status: Status, at: Date): Statement {
  const state = { status, error: null, updatedAt: at };
  return {
    ...state,
    id,
    batch: false,
    autoCommit: false,
    database: "millrace",
    workgroup: "millrace",
    secretArn: undefined,
    name: undefined,
    parameters: [],
    resultFormat: "JSON",
    createdAt: at,
    parts: [{ ...state, id, sql, queryId: 1, rows: -1, nanoseconds: 0, result: null }],
    pid: 0,
    cancelled: false,
  };
}
