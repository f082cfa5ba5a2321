import { AGGREGATES, SESSION } from "./aggregates.ts";
import { BYTES, SUPER } from "./bytes.ts";
import { TEXT } from "./text.ts";
import { TIME } from "./time.ts";

/**
 * Functions whose meaning differs between Redshift and PostgreSQL, in the schema `redshift`. The translation calls
 * them by their full name.
 */
export const EXPRESSIONS = [...TIME, ...TEXT, ...BYTES, ...SUPER, ...AGGREGATES, ...SESSION].join("\n");
