import * as c from "../../schemas/model/column.ts";
import { defineTable } from "../../schemas/model/table.ts";

const area = { name: "people", database: "people" };

/** Keyed by personal data; more of it hashed and dropped beside it. */
export const persons = defineTable({
  area,
  name: "persons",
  comment: "Persons.",
  columns: {
    email: c.column("email", c.varchar(100), { pii: "pseudonymise", comment: "Address." }),
    name: c.nullable("fullName", c.varchar(100), { pii: "pseudonymise" }),
    tax: c.nullable("tax", c.bigint(true), { pii: "pseudonymise" }),
    born: c.nullable("born", c.date(), { pii: "pseudonymise" }),
    token: c.nullable("token", c.varbinary(40), { pii: "pseudonymise" }),
    phone: c.nullable("phone", c.varchar(40), { pii: "drop", comment: "Telephone." }),
    profile: c.nullable("profile", c.json(), { pii: "drop" }),
    city: c.nullable("city", c.varchar(40)),
  },
  key: ["email"],
  partitions: 1,
});

/** Refers to persons by the same address, in another character set. */
export const visits = defineTable({
  area,
  name: "visits",
  comment: "Visits.",
  columns: {
    id: c.column("id", c.int()),
    email: c.column("email", c.varchar(100), { pii: "pseudonymise" }),
    page: c.nullable("page", c.mediumtext()),
  },
  key: ["id"],
  partitions: 1,
  tooLong: "quarantine",
});

/** Without personal data: what its definition does not know is kept. */
export const places = defineTable({
  area,
  name: "places",
  comment: "Places.",
  columns: { id: c.column("id", c.int()), city: c.column("city", c.varchar(40)) },
  key: ["id"],
  partitions: 1,
});

/** At the source; columns named `unknown` are in no definition. */
export const PEOPLE_DDL = [
  "CREATE DATABASE people",
  `CREATE TABLE people.persons (
    email VARCHAR(100) CHARACTER SET latin1 COLLATE latin1_swedish_ci PRIMARY KEY, fullName VARCHAR(100), unknown1 VARCHAR(100),
    tax BIGINT UNSIGNED, born DATE, token VARBINARY(40), phone VARCHAR(40), profile JSON, city VARCHAR(40))`,
  `CREATE TABLE people.visits (id INT PRIMARY KEY, email VARCHAR(100) CHARACTER SET utf8mb4, unknown2 TEXT, page MEDIUMTEXT)`,
  "CREATE TABLE people.places (id INT PRIMARY KEY, city VARCHAR(40), extra VARCHAR(40))",
];
