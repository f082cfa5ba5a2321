import type { Area } from "../../model/table.ts";

export const classicmodels: Area = { name: "classicmodels", database: "classicmodels" };
