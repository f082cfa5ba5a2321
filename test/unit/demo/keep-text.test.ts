import { describe, expect, it } from "@jest/globals";
import { keepText } from "../../../localstack/demo/report/keep-text.ts";
import { column, int } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { tables } from "../../../schemas/sources/index.ts";

const own = defineTable({
  area: { name: "garden", database: "Garden Shop" },
  name: "order",
  comment: "",
  columns: { id: column("id", int()) },
  key: ["id"],
});
const endpoints = {
  source: "mysql://reader:secret@127.0.0.1:3306/other",
  kafka: "127.0.0.1:9092",
  aws: "http://127.0.0.1:4566",
  warehouse: "postgres://127.0.0.1:5439/millrace",
};

describe("how to look around", () => {
  it("names the databases that are captured, without the password of a server that is not ours", () => {
    const text = keepText(endpoints, "/logs", [own], false);
    expect(text).toContain("mysql://reader:...@127.0.0.1:3306/Garden%20Shop\n");
    expect(text).not.toContain("secret");
    expect(text).toContain('"select * from source.garden_order limit 5"');
  });

  it("shows the star where there is one", () => {
    const shop = tables.filter(({ area }) => area.name === "classicmodels");
    const text = keepText(endpoints, "/logs", [own, ...shop], true);
    expect(text).toContain("mart.dim_product");
    expect(text).toContain("reader:secret@127.0.0.1:3306/classicmodels");
  });
});
