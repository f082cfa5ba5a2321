import { describe, it } from "@jest/globals";
import * as c from "../../schemas/model/column.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { tables } from "../../schemas/sources/index.ts";
import { createTable, tableComments } from "../../schemas/sql/ddl.ts";
import { bucketChecksums, mirrorRows, stepChecksums, steppedColumn } from "../../schemas/sql/reconcile/checksums.ts";
import { reconciliationTable, recordReconciliation } from "../../schemas/sql/reconcile/results.ts";
import { everything } from "../support/loading/tables.ts";
import { expectGolden, script } from "../support/golden.ts";

const range = { above: 1000n, upTo: 2000n };

describe("SQL of the reconciliation", () => {
  it.each(tables.filter(({ key }) => key !== "none").map((table) => ({ name: qualifiedName(table), table })))(
    "$name",
    ({ name, table }) => {
      const stepped = steppedColumn(table) !== null;
      const sums = stepped
        ? stepChecksums(table, range, { low: 1001n, high: 2000n, width: 10n })
        : bucketChecksums(table, 64);
      const rows = mirrorRows(table, stepped ? { ranges: [range] } : { buckets: [3, 17], of: 64 });
      expectGolden(`reconcile/${name}.sql`, script([sums, rows]));
    },
  );

  it("every kind of column", () =>
    expectGolden("reconcile/every-kind.sql", script([mirrorRows(everything, { identities: ["1", "-2"] })])));

  it("a text that only _raw can hold", () => {
    const columns = { id: c.column("id", c.int()), body: c.nullable("body", c.mediumtext()) };
    const table: AnyTable = { ...everything, name: "articles", columns, tooLong: "super" };
    expectGolden("reconcile/kept-text.sql", script([mirrorRows(table, { identities: ["1"] })]));
  });

  it("results", () => {
    const counts = [1000, 1001, 3, 1, 1, 1, 0] as const;
    const row = { run: "20240131T100000000Z-1a2b3c4d", table: "shop_orders", verdict: "different", counts };
    const written = recordReconciliation({ ...row, startedAt: 0, finishedAt: 1_500, message: "it's said" });
    expectGolden(
      "reconcile/results.sql",
      script([createTable(reconciliationTable), ...tableComments(reconciliationTable), ...written]),
    );
  });
});
