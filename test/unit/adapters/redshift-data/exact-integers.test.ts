import { describe, expect, it } from "@jest/globals";
import { exact } from "../../../../lambdas/adapters/redshift-data/exact-integers.ts";
import { rowsOf } from "../../../../lambdas/adapters/redshift-data/result.ts";
import type { GetStatementResultCommandOutput } from "@aws-sdk/client-redshift-data";

describe("integers of a result", () => {
  it("stay exact beyond what JavaScript holds, and numbers below", () => {
    expect(
      exact('[{"longValue":9007199254740993},{"longValue": -9223372036854775808},{"longValue":9007199254740991}]'),
    ).toBe(
      '[{"stringValue":"9007199254740993"},{"stringValue":"-9223372036854775808"},{"longValue":9007199254740991}]',
    );
  });

  it("leave text that looks like one alone", () => {
    const body = JSON.stringify({ stringValue: '"longValue":9007199254740993' });
    expect(exact(body)).toBe(body);
  });
});

describe("rows of a result", () => {
  it("have lower-case keys and the field's own type", () => {
    const page = {
      ColumnMetadata: [{ label: "A" }, { name: "B" }, {}, { label: "d" }],
      Records: [[{ longValue: 1 }, { isNull: true }, { booleanValue: false }, { doubleValue: 0.5 }]],
    } as unknown as GetStatementResultCommandOutput;
    expect(rowsOf(page)).toEqual([{ a: 1, b: null, column2: false, d: 0.5 }]);
    expect(rowsOf({} as GetStatementResultCommandOutput)).toEqual([]);
  });
});
