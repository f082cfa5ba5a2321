import { describe, expect, it } from "@jest/globals";
import { buildStar } from "../../../lambdas/build-star/build-star.ts";
import type { BuildStarPorts } from "../../../lambdas/build-star/build-star.ts";
import { TransientError } from "../../../lambdas/core/errors.ts";
import type { WarehouseRow } from "../../../lambdas/core/ports.ts";
import { WarehouseError } from "../../../lambdas/core/warehouse-error.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const NOW = Date.parse("2026-01-01T00:00:10Z");
const load = { batch: "b1", table_name: "classicmodels_orders" };

/** A warehouse whose loads stop being pending once they are recorded. */
function fakes(loads: readonly WarehouseRow[], failures: Error[] = []) {
  let pending = loads;
  const transactions: (readonly string[])[] = [];
  const tokens: string[] = [];
  const waits: number[] = [];
  const telemetry = recordingTelemetry();
  const ports: BuildStarPorts = {
    warehouse: {
      query: async (sql) => (sql.includes("oldest") ? [{ oldest: "2026-01-01 00:00:07.500" }] : pending),
      transaction: async (statements, token) => {
        tokens.push(token);
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        transactions.push(statements);
        if (statements.some((sql) => sql.startsWith("INSERT INTO ops.star_batch"))) pending = [];
        return { id: "1", rows: statements.map(() => -1) };
      },
    },
    telemetry,
    now: () => NOW,
    sleep: async (ms) => void waits.push(ms),
    newId: () => `token-${tokens.length}`,
    random: () => 0.5,
  };
  return { ports, transactions, tokens, waits, telemetry };
}

describe("build-star", () => {
  it("builds what is pending, records it, and says how fresh it is", async () => {
    const { ports, transactions, telemetry } = fakes([load]);

    const outcome = await buildStar(ports);

    expect(outcome).toEqual({ batches: 1, transactions: 1 });
    expect(transactions[0]?.[0]).toBe("LOCK TABLE ops.star");
    expect(transactions[1]?.join("\n")).toContain("CAST('2026-01-01 00:00:10.000' AS TIMESTAMP)");
    expect(telemetry.metrics.get("FreshnessSeconds")).toBe(2.5);
  });

  it("does nothing the second time", async () => {
    const { ports, transactions } = fakes([load]);

    await buildStar(ports);
    const again = await buildStar(ports);

    expect(again).toEqual({ batches: 0, transactions: 0 });
    expect(transactions).toHaveLength(2);
  });

  it("builds everything when asked, also with nothing pending", async () => {
    const { ports, transactions } = fakes([]);

    const outcome = await buildStar(ports, true);

    expect(outcome.batches).toBe(0);
    expect(transactions.flat().filter((sql) => sql.startsWith("INSERT INTO mart."))).toHaveLength(7);
  });

  it("tries again after a conflict, with a new token and growing waits", async () => {
    const conflict = new TransientError("ERROR: 1023 Serializable isolation violation");
    const { ports, tokens, waits } = fakes([load], [conflict, conflict]);

    await buildStar(ports);

    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? Infinity);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it("gives up after six conflicts, and records nothing", async () => {
    const { ports, transactions } = fakes(
      [load],
      Array.from({ length: 6 }, () => new TransientError("1023")),
    );

    await expect(buildStar(ports)).rejects.toThrow("1023");
    expect(transactions).toEqual([]);
  });

  it("does not try a refused statement again", async () => {
    const { ports, tokens, transactions } = fakes([load], [new WarehouseError("no such column", 3)]);

    await expect(buildStar(ports)).rejects.toThrow("no such column");
    expect(tokens).toHaveLength(1);
    expect(transactions).toEqual([]);
  });
});
