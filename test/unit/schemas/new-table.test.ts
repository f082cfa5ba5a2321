import { describe, expect, it } from "@jest/globals";
import { column, int, nullable, varchar } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { dataDictionary } from "../../../schemas/dictionary.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import { landingKey, parseLandingKey, topicName } from "../../../schemas/naming.ts";
import { createTable, createView, tableComments } from "../../../schemas/sql/ddl.ts";
import { loadTransaction } from "../../../schemas/sql/load-transaction.ts";
import { loadedPositions, pendingKeys, rowCounts } from "../../../schemas/sql/status.ts";
import { snapshotSelect } from "../../../schemas/sql/snapshot-select.ts";
import { batchTable, sourceView, tableSpecs } from "../../../schemas/sql/tables.ts";
import { topicConfig } from "../../../schemas/topic.ts";
import { planMigration } from "../../../lambdas/migrate-warehouse/plan-migration.ts";
import { wantedBy } from "../../../lambdas/migrate-warehouse/migrate-warehouse.ts";
import { rowEncoder } from "../../../lambdas/land-batch/row-encoder.ts";
import { loadPlan } from "../../support/load-plan.ts";

const area = { name: "zoo", database: "zoo" };

/** All that a new table takes: this, a line in an index, and golden files. */
const animals = defineTable({
  area,
  name: "animals",
  comment: "Animals of the zoo.",
  columns: {
    animal_id: column("animalId", int(), { comment: "Key of the animal." }),
    species: nullable("species", varchar(40), { comment: "Latin name." }),
  },
  key: ["animal_id"],
});

describe("a table that is new in the definitions", () => {
  it("has a topic, keys of objects and a snapshot query", () => {
    expect(topicConfig(animals, { retentionHours: 1, minInsyncReplicas: 2 })).toMatchObject({
      name: "zoo_animals",
      partitions: 4,
    });
    const place = {
      cluster: "c",
      topic: topicName(animals),
      definition: definitionHash(fileDefinition(animals)),
      partition: 1,
      first: 5,
      last: 9,
      rows: 4,
    };
    expect(parseLandingKey(landingKey(place))).toEqual(place);
    expect(snapshotSelect(animals, { after: [3], upTo: 9, limit: 2 }).sql).toContain("`animalId` > ?");
  });

  it("has its tables, comments and view", () => {
    const specs = tableSpecs(animals);
    expect(specs.map(({ name }) => name)).toEqual([
      "ops.ledger_zoo_animals",
      "ops.floors_zoo_animals",
      "history.zoo_animals",
      "ops.touched_zoo_animals",
      "mirror.zoo_animals",
    ]);
    expect(createTable(specs.at(-1) ?? batchTable)).toContain("animal_id INTEGER ENCODE RAW NOT NULL");
    expect(specs.flatMap(tableComments).join("\n")).toContain("IS 'Latin name.'");
    expect(createView(sourceView(animals))).toContain(
      "SELECT animal_id, species\nFROM mirror.zoo_animals\nWHERE NOT _deleted",
    );
  });

  it("lands, loads, is watched, migrated and described", () => {
    const counts = { unmapped: new Map<string, number>(), raw: 0, nulsReplaced: 0, undecodable: 0 };
    const source = {
      version: "1",
      connector: "mysql",
      name: "t",
      ts_ms: 0,
      snapshot: "false",
      db: "zoo",
      table: "animals",
    } as const;
    const line = rowEncoder(fileDefinition(animals), 1)(
      {
        before: null,
        after: { animalId: 1, species: "Pan" },
        op: "c",
        ts_ms: 0,
        source: { ...source, server_id: 1, gtid: null, file: "b.1", pos: 4, row: 0 },
      },
      0,
      0,
      counts,
    );
    expect(line).toContain(',1,"Pan",');
    expect(loadTransaction(loadPlan(animals)).join("\n")).toContain("MERGE INTO mirror.zoo_animals");
    for (const query of [loadedPositions, pendingKeys, rowCounts]) expect(query([animals])).toContain("zoo_animals");
    const wanted = wantedBy({ tables: [animals], starTables: [], starRows: [], starViews: [] });
    const { steps, refusals } = planMigration(wanted, { columns: [], migrated: [] });
    expect(refusals).toEqual([]);
    expect(JSON.stringify(steps)).toContain("CREATE VIEW source.zoo_animals");
    expect(dataDictionary([animals])).toContain(
      "| `species` | `species` | VARCHAR(40) | VARCHAR(160) | yes | Latin name. |",
    );
  });
});

describe("a mistake in a definition", () => {
  it("does not compile", () => {
    const columns = { id: column("id", int()), name: column("name", varchar(5)) };
    const base = { area, name: "t", comment: "", columns };
    // @ts-expect-error the key names no column
    expect(defineTable({ ...base, key: ["ident"] }).key).toEqual(["ident"]);
    // @ts-expect-error a key has at least one column
    expect(defineTable({ ...base, key: [] }).key).toEqual([]);
    // @ts-expect-error the distribution names no column
    expect(defineTable({ ...base, key: ["id"], distribution: "town" }).distribution).toBe("town");
    // @ts-expect-error a table says which key it has, or that it has none
    expect(defineTable(base)).toBeDefined();
    // @ts-expect-error policies are a closed list
    expect(defineTable({ ...base, key: ["id"], tooLong: "cut" }).tooLong).toBe("cut");
    // @ts-expect-error there is no such type
    expect(column("x", { kind: "geometry" })).toBeDefined();
  });
});
