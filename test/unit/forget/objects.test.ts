import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { eraseObjects } from "../../../cli/forget/objects.ts";
import { byKey } from "../../../cli/forget/person.ts";
import { definitionKey } from "../../../lambdas/core/state-keys.ts";
import { toBody } from "../../../lambdas/core/stored-json.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import { column, int } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { orders } from "../../support/loading/tables.ts";

/** As it was once: what stands where the id stands now is another number. */
const before: AnyTable = { ...orders, columns: { place: column("place", int()), ...orders.columns } };
const OLD = definitionHash(fileDefinition(before));
const NOW = definitionHash(fileDefinition(orders));
const NEWEST = "00009";

const technical = (offset: number): string => `00001.x,c,,,0,${offset},`;
const oldLine = (place: number, id: number): string => `${technical(id)},${place},${id},"new",1.50,,,\n`;
const line = (id: number): string => `${technical(id)},${id},"new",1.50,,,\n`;
const refused = (text: string, definition?: string): string =>
  `${JSON.stringify({ reason: "r", topic: "lab_orders", partition: 0, offset: 0, definition, line: text })}\n`;

/** The person is 1. */
const theirs = oldLine(5, 1);
const somebodyElses = oldLine(1, 2);

describe("files and lines of an earlier definition", () => {
  const sought = byKey(orders, ["1"], undefined);
  const prepare = async (isKnown = true) => {
    const ports = { landing: memoryStore("landing"), quarantine: memoryStore("quarantine"), cluster: "c" };
    if (isKnown) await ports.landing.put(definitionKey(OLD), toBody(fileDefinition(before)));
    const quarantine = async (...lines: readonly string[]): Promise<void> => {
      await ports.quarantine.put("load/lab_orders/b1/p=0-x.jsonl", Buffer.from(lines.join("")));
    };
    const copy = async (folders: string, ...lines: readonly string[]): Promise<void> => {
      await ports.landing.put(`manifests/lab_orders/b1/${folders}x.csv.gz`, gzipSync(lines.join("")));
    };
    return {
      ports,
      quarantine,
      copy,
      erase: async (dryRun = false) => eraseObjects(sought, NEWEST, ports, dryRun),
      quarantined: () => [...ports.quarantine.objects.values()].map(({ body }) => String(body)),
      copies: () =>
        [...ports.landing.objects]
          .filter(([key]) => key.endsWith(".csv.gz"))
          .map(([, { body }]) => gunzipSync(body).toString()),
    };
  };

  it("lose the person's refused lines, and nobody else's whose value stands where the key stands now", async () => {
    const { quarantine, erase, quarantined } = await prepare();
    await quarantine(refused(theirs, OLD), refused(somebodyElses, OLD), refused(line(1), NOW), refused(line(2), NOW));
    expect(await erase(true)).toEqual({ landed: 0, quarantined: 2 });
    expect(await erase()).toEqual({ landed: 0, quarantined: 2 });
    expect(quarantined()).toEqual([refused(somebodyElses, OLD) + refused(line(2), NOW)]);
    expect(await erase()).toEqual({ landed: 0, quarantined: 0 });
  });

  it("are of the definition of now where a line does not say", async () => {
    const { quarantine, erase, quarantined } = await prepare();
    await quarantine(refused(line(1)), refused(line(2)));
    expect(await erase()).toMatchObject({ quarantined: 1 });
    expect(quarantined()).toEqual([refused(line(2))]);
  });

  it("lose the person's rows in copies that a load has made", async () => {
    const { copy, erase, copies } = await prepare();
    await copy(`0/d=${OLD}/p=0/`, theirs, somebodyElses);
    expect(await erase()).toEqual({ landed: 1, quarantined: 0 });
    expect(copies()).toEqual([somebodyElses]);
  });

  it("are of the definition of now where a copy does not say", async () => {
    const { copy, erase, copies } = await prepare();
    await copy("0-p=0-", line(1), line(2));
    expect(await erase()).toEqual({ landed: 1, quarantined: 0 });
    expect(copies()).toEqual([line(2)]);
  });

  it("are not guessed at when their definition is gone", async () => {
    const { quarantine, erase, quarantined } = await prepare(false);
    await quarantine(refused(theirs, OLD));
    await expect(erase()).rejects.toThrow(`definitions/${OLD}.json is missing: put it back, or delete`);
    expect(quarantined()).toEqual([refused(theirs, OLD)]);
  });
});
