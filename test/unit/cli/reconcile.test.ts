import { describe, expect, it } from "@jest/globals";
import { problemOf, untilDone } from "../../../cli/reconcile.ts";
import { progressLine, reconcileText } from "../../../cli/reconcile-text.ts";
import type { ReconciledTable, ReconcileReport } from "../../../lambdas/core/events.ts";

const table = (changes: Partial<ReconciledTable> = {}): ReconciledTable => ({
  ...{ table: "shop_orders", phase: "done", verdict: "equal", rows: 100, expected: 90, ranges: 0 },
  ...{ changed: 0, missing: 0, surplus: 0, repaired: 0, examples: [], message: null },
  ...changes,
});
const report = (...tables: ReconciledTable[]): ReconcileReport => ({ runId: "run-1", done: true, tables, skipped: [] });

describe("millrace reconcile", () => {
  it("goes on slice by slice until the run is done, and says where it is", async () => {
    const asked: object[] = [];
    const answers = [
      { ...report(table({ phase: "compare", rows: 50 })), done: false },
      { ...report(table({ phase: "confirm" })), done: false },
      report(table()),
    ];
    const said: string[] = [];
    const ask = async (payload: object) => {
      asked.push(payload);
      return answers[asked.length - 1] ?? report();
    };
    const out = { print: () => undefined, progress: (text: string) => void said.push(text) };
    expect((await untilDone(ask, { action: "start", tables: null }, out)).done).toBe(true);
    expect(asked).toEqual([
      { action: "start", tables: null },
      { action: "continue", runId: "run-1", seconds: 5 },
      { action: "continue", runId: "run-1", seconds: 5 },
    ]);
    expect(said[0]).toBe("0 of 1 tables, shop_orders: 50 of about 90 rows compared");
    expect(said[1]).toContain("waiting for the mirror");
  });

  it("ends well only when nothing differs and all is confirmed", () => {
    expect(problemOf(report(table()))).toBeNull();
    expect(problemOf(report(table({ changed: 1 })))).toBe("Source and mirror differ in 1 row (run run-1).");
    expect(problemOf(report(table({ missing: 1, surplus: 2 })))).toContain("in 3 rows");
    expect(problemOf(report(table({ verdict: "unconfirmed" })))).toContain("Not confirmed: shop_orders");
  });

  it("shows what differs, what was left out, and what to do", () => {
    const different = table({ verdict: "different", changed: 1, examples: [{ kind: "changed", row: "17" }] });
    const skipped = [{ table: "shop_log", reason: "it has no key" }];
    const text = reconcileText({ ...report(different, table({ message: "the mirror stands" })), skipped });
    expect(text).toContain("changed  shop_orders 17");
    expect(text).toContain("shop_orders: the mirror stands.");
    expect(text).toContain("shop_log is left out: it has no key.");
    expect(text).toContain("1 row differs: `millrace repair` repairs.");
    expect(progressLine(report(table()))).toBe("1 of 1 tables");
  });
});
