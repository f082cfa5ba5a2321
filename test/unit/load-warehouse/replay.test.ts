import { gzipSync } from "node:zlib";
import { expect, it } from "@jest/globals";
import { TransientError } from "../../../lambdas/core/errors.ts";
import type { Warehouse } from "../../../lambdas/core/ports.ts";
import { RolledBackError } from "../../../lambdas/core/warehouse-error.ts";
import { replayObjects } from "../../../lambdas/load-warehouse/replay-objects.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import { landingKey } from "../../../schemas/naming.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";
import { orders } from "../../support/loading/tables.ts";

/** Replays one object that is loaded; transactions fail in order. */
function prepare(failures: readonly (Error | null)[] = []) {
  const tries: { readonly batch: string | undefined; readonly token: string }[] = [];
  const warehouse: Warehouse = {
    query: async (sql) => (sql.includes("ops.ledger_") ? [{ partition: 0, next_offset: 10, loaded_at: null }] : []),
    transaction: async (sqls, token) => {
      const [, batch] = /INSERT INTO ops\.batch [^']*'([^']*)'/.exec(sqls.join("\n")) ?? [];
      const failure = failures[tries.length];
      tries.push({ batch, token });
      if (failure) throw failure;
      return { id: token, rows: [] };
    },
  };
  let ids = 0;
  const ports = {
    landing: memoryStore("landing"),
    quarantine: memoryStore("quarantine"),
    warehouse,
    telemetry: recordingTelemetry(),
    sleep: async () => undefined,
    random: () => 0,
    newId: () => `${String((ids += 1)).padStart(8, "0")}-id`,
    now: () => 0,
    wakeStar: async () => undefined,
  };
  const place = { cluster: "c", topic: "lab_orders", partition: 0, first: 0, last: 9, rows: 10 };
  const key = landingKey({ ...place, definition: definitionHash(fileDefinition(orders)) });
  const settings = { cluster: "c", role: "arn:aws:iam::1:role/copy", wakeSlotSeconds: 10, isStarred: () => true };
  const replay = async () => {
    await ports.landing.put(key, gzipSync(""));
    return replayObjects({ action: "replay", table: "lab_orders", keys: [key] }, [orders], settings, ports);
  };
  return { replay, tries };
}

it("is a load of its own each time, so that the star takes up what the second brings back", async () => {
  const { replay, tries } = prepare();
  for (let i = 0; i < 2; i++) expect(await replay()).toMatchObject({ state: "done", rows: 10 });
  expect(new Set(tries.map(({ batch }) => batch)).size).toBe(2);
  for (const { batch } of tries) expect(batch).toMatch(/^[0-9a-f]{32}$/);
});

it("is one load however often it is tried", async () => {
  const { replay, tries } = prepare([new TransientError("timed out"), new RolledBackError("1023"), null]);
  expect(await replay()).toMatchObject({ state: "done" });
  const [first] = tries;
  expect(tries.map(({ batch }) => batch)).toEqual([first?.batch, first?.batch, first?.batch]);
  expect(tries.map(({ token }) => token)).toEqual([first?.token, first?.token, first?.token.replace(/-0$/, "-1")]);
});
