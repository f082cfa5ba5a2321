import type { AnyTable } from "../model/table.ts";
import { classicmodelsTables } from "./classicmodels/index.ts";

/** Every captured table of every area: what topics, Lambdas, DDL and documentation are derived from. */
export const tables: readonly AnyTable[] = [...classicmodelsTables];
