import * as c from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";

const area = { name: "lab", database: "lab" };

/** Keyed by a number. */
export const orders = defineTable({
  area,
  name: "orders",
  comment: "Orders.",
  columns: {
    id: c.column("id", c.int()),
    status: c.nullable("status", c.varchar(10)),
    amount: c.nullable("amount", c.decimal(10, 2)),
  },
  key: ["id"],
  partitions: 2,
});

/** Keyed by text and a number. */
export const tags = defineTable({
  area,
  name: "tags",
  comment: "Tags.",
  columns: {
    order_id: c.column("orderId", c.int()),
    tag: c.column("tag", c.varchar(20)),
    note: c.nullable("note", c.varchar(20)),
  },
  key: ["order_id", "tag"],
  distribution: "order_id",
  partitions: 1,
});

/** Without a key. */
export const lines = defineTable({
  area,
  name: "lines",
  comment: "Log lines.",
  columns: { text: c.nullable("text", c.varchar(50)) },
  key: "none",
  partitions: 1,
});

/** One column of every kind. */
export const everything = defineTable({
  area,
  name: "everything",
  comment: "Every kind of column.",
  columns: {
    id: c.column("id", c.bigint()),
    tiny: c.nullable("tiny", c.tinyint()),
    small_u: c.nullable("smallU", c.smallint(true)),
    medium: c.nullable("medium", c.mediumint()),
    int_u: c.nullable("intU", c.int(true)),
    big: c.nullable("big", c.bigint()),
    big_u: c.nullable("bigU", c.bigint(true)),
    dec: c.nullable("dec", c.decimal(38, 10)),
    wide_dec: c.nullable("wideDec", c.decimal(65, 30)),
    f32: c.nullable("f32", c.float()),
    f64: c.nullable("f64", c.double()),
    day: c.nullable("day", c.date()),
    moment: c.nullable("moment", c.datetime(6)),
    instant: c.nullable("instant", c.timestamp(6)),
    span: c.nullable("span", c.time(6)),
    yr: c.nullable("yr", c.year()),
    label: c.nullable("label", c.enumeration("a", "b,c", 'd"e')),
    labels: c.nullable("labels", c.set("x", "y")),
    text: c.nullable("text", c.varchar(20)),
    bit1: c.nullable("bit1", c.bit(1)),
    bits: c.nullable("bits", c.bit(64)),
    bin: c.nullable("bin", c.binary(4)),
    blob: c.nullable("blob", c.blob()),
    doc: c.nullable("doc", c.json()),
  },
  key: ["id"],
  partitions: 1,
});
