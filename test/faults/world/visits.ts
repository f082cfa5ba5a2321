import { column, datetime, int, nullable, varchar } from "../../../schemas/model/column.ts";
import { defineTable } from "../../../schemas/model/table.ts";
import { classicmodels } from "../../../schemas/sources/classicmodels/area.ts";

/** Events without a key, beside the shop's tables: equal rows cannot be told apart, and none may be lost or doubled. */
export const visits = defineTable({
  area: classicmodels,
  name: "visits",
  comment: "Pages that customers looked at.",
  columns: {
    visited_at: column("visitedAt", datetime(3), { comment: "When." }),
    page: column("page", varchar(100), { comment: "What." }),
    customer_number: nullable("customerNumber", int(), { comment: "Who; NULL for strangers." }),
  },
  key: "none",
  partitions: 2,
});

export const VISITS_DDL =
  "CREATE TABLE visits (visitedAt DATETIME(3) NOT NULL, page VARCHAR(100) NOT NULL, customerNumber INT)";
