import { describe, expect, it } from "@jest/globals";
import { wakeLoaders } from "../../../lambdas/wake-loaders/wake-loaders.ts";
import { landingKey } from "../../../schemas/naming.ts";
import { offices } from "../../../schemas/sources/classicmodels/offices.ts";
import { orders } from "../../../schemas/sources/classicmodels/orders.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { recordingTelemetry } from "../../support/recording.ts";

const settings = { cluster: "c", wakeSlotSeconds: 10, tables: [orders, offices], starTables: [orders, offices] };

/** One object with offsets 0 to 9 of partition 1 of orders; `loaded` is how far the ledger is. */
function world(loaded: number, touched: number) {
  const landing = memoryStore();
  const key = {
    cluster: "c",
    topic: "classicmodels_orders",
    definition: "abcdef",
    partition: 1,
    first: 0,
    last: 9,
    rows: 10,
  };
  landing.objects.set(landingKey(key), { body: Buffer.alloc(1), etag: "" });
  const woken: string[] = [];
  const ports = {
    landing,
    telemetry: recordingTelemetry(),
    now: () => 125_000,
    wakeLoader: async (message: object) => void woken.push(`load ${JSON.stringify(message)}`),
    wakeStar: async (message: object) => void woken.push(`star ${JSON.stringify(message)}`),
    warehouse: {
      query: async (sql: string) =>
        sql.includes("last_offset")
          ? [{ table_name: "classicmodels_orders", partition: 1, next_offset: loaded }]
          : [{ table_name: "classicmodels_offices", touched }],
    },
  };
  return { ports, woken };
}

describe("wakeLoaders", () => {
  it("wakes the loader of a table that has files past its ledger", async () => {
    const { ports, woken } = world(5, 0);
    expect(await wakeLoaders(settings, ports)).toEqual({ loads: ["classicmodels_orders"], star: false });
    expect(woken).toEqual(['load {"table":"classicmodels_orders","slot":12}']);
  });

  it("wakes the star while keys wait for it", async () => {
    const { ports, woken } = world(10, 3);
    expect(await wakeLoaders(settings, ports)).toEqual({ loads: [], star: true });
    expect(woken).toEqual(['star {"table":"classicmodels_offices","slot":12}']);
  });

  it("leaves everything asleep when nothing waits, and says the same twice", async () => {
    const { ports, woken } = world(10, 0);
    expect(await wakeLoaders(settings, ports)).toEqual({ loads: [], star: false });
    expect(await wakeLoaders(settings, ports)).toEqual({ loads: [], star: false });
    expect(woken).toEqual([]);
  });
});
