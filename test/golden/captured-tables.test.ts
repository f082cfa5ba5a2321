import { describe, it } from "@jest/globals";
import { READABLE_CHARSETS } from "../../lambdas/adapters/mysql/values/charsets.ts";
import { dataDictionary } from "../../schemas/dictionary.ts";
import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import { landingKey, qualifiedName } from "../../schemas/naming.ts";
import { tables } from "../../schemas/sources/index.ts";
import { createTable, createView, tableComments, viewComments } from "../../schemas/sql/ddl.ts";
import { loadTransaction } from "../../schemas/sql/load-transaction.ts";
import { snapshotSelect } from "../../schemas/sql/snapshot-select.ts";
import { batchTable, erasureTable, sourceView, tableSpecs } from "../../schemas/sql/tables.ts";
import { typesDocument } from "../../schemas/types/document.ts";
import { topicConfig } from "../../schemas/topic.ts";
import { expectGenerated, expectGolden, script } from "../support/golden.ts";
import { loadPlan } from "../support/load-plan.ts";
import { tags } from "../support/loading/tables.ts";

describe.each(tables.map((table) => ({ name: qualifiedName(table), table })))("$name", ({ name, table }) => {
  it("warehouse tables and view", () => {
    const specs = tableSpecs(table);
    const view = sourceView(table);
    const statements = [...specs.map(createTable), createView(view), ...specs.flatMap(tableComments)];
    expectGolden(`ddl/${name}.sql`, script([...statements, ...viewComments(view)]));
  });

  it("load transaction", () => expectGolden(`load/${name}.sql`, script(loadTransaction(loadPlan(table)))));

  it("names, topic and snapshot query", () => {
    const definition = definitionHash(fileDefinition(table));
    const key = table.key === "none" ? null : table.key.map((column) => `<${column}>`);
    const query = snapshotSelect(table, { after: key, upTo: key?.[0] ?? null, limit: 5000 });
    const place = {
      cluster: "millrace-dev",
      topic: name,
      definition,
      partition: 3,
      first: 1200,
      last: 1999,
      rows: 799,
    };
    expectGolden(
      `names/${name}.json`,
      `${JSON.stringify({ topic: topicConfig(table, { retentionHours: 168, minInsyncReplicas: 2 }), landing: landingKey(place), query }, null, 2)}\n`,
    );
  });
});

describe("all captured tables", () => {
  it("a replay", () => {
    const replay = { replayInto: tags, quarantined: 0 };
    expectGolden("load/replay.sql", script(loadTransaction(loadPlan(tags, replay))));
  });
  it("table of loads", () =>
    expectGolden("ddl/ops.sql", script([createTable(batchTable), ...tableComments(batchTable)])));
  it("table of erasures", () =>
    expectGolden("ddl/erasure.sql", script([createTable(erasureTable), ...tableComments(erasureTable)])));
  it("data dictionary", () => expectGenerated("docs/dictionary.md", dataDictionary(tables)));
  it("types", () => expectGenerated("docs/TYPES.md", typesDocument({ charsets: READABLE_CHARSETS })));
});
