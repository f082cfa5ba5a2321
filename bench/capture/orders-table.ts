import * as type from "../../schemas/model/column.ts";
import { column, nullable } from "../../schemas/model/column.ts";
import { defineTable } from "../../schemas/model/table.ts";

export const DATABASE = "bench";
export const PARTITIONS = 4;

/** Twelve columns of the kinds that shops have, about 280 bytes a row: what both captures are measured with. */
export const ordersTable = defineTable({
  area: { name: "bench", database: DATABASE },
  name: "orders",
  comment: "Rows of the capture benches.",
  columns: {
    id: column("id", type.bigint()),
    customer_id: column("customer_id", type.int()),
    status: column("status", type.enumeration("new", "paid", "shipped", "cancelled")),
    email: column("email", type.varchar(100)),
    name: column("name", type.varchar(100)),
    amount: column("amount", type.decimal(12, 2)),
    quantity: column("quantity", type.smallint(true)),
    weight: column("weight", type.double()),
    ordered_at: column("ordered_at", type.datetime(6)),
    updated_at: column("updated_at", type.timestamp()),
    is_gift: column("is_gift", type.tinyint()),
    note: nullable("note", type.varchar(500)),
  },
  key: ["id"],
});

export const ORDERS_DDL = `CREATE TABLE ${DATABASE}.orders (
  id BIGINT NOT NULL PRIMARY KEY, customer_id INT NOT NULL, status ENUM('new','paid','shipped','cancelled') NOT NULL,
  email VARCHAR(100) NOT NULL, name VARCHAR(100) NOT NULL, amount DECIMAL(12,2) NOT NULL,
  quantity SMALLINT UNSIGNED NOT NULL, weight DOUBLE NOT NULL, ordered_at DATETIME(6) NOT NULL,
  updated_at TIMESTAMP NOT NULL, is_gift TINYINT NOT NULL, note VARCHAR(500) NULL)`;

const STATUSES = ["new", "paid", "shipped", "cancelled"] as const;

const two = (n: number): string => String(n).padStart(2, "0");

/** The row of an id, as SQL values; the same every time. */
export function orderValues(id: number): string {
  const day = `2024-${two((id % 12) + 1)}-${two((id % 28) + 1)}`;
  const clock = `${two(id % 24)}:${two(id % 60)}:${two((id * 7) % 60)}`;
  const note = id % 5 === 0 ? "NULL" : `'${"The parcel goes to the neighbour, ".repeat(4)}${id}'`;
  return [
    id,
    id % 10_000,
    `'${STATUSES[id % STATUSES.length] ?? "new"}'`,
    `'customer.${id}@example.com'`,
    `'Jörg Müller ${id}'`,
    `${id % 9_999}.${two(id % 100)}`,
    (id % 9) + 1,
    (id % 1000) / 7,
    `'${day} ${clock}.${String(id % 1_000_000).padStart(6, "0")}'`,
    `'${day} ${clock}'`,
    id % 2,
    note,
  ].join(",");
}
