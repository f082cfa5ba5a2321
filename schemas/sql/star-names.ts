import type { AnyDimension } from "../model/dimension.ts";
import type { AnyFact } from "../model/fact.ts";

export const dimensionName = (dimension: Pick<AnyDimension, "name">): string => `mart.dim_${dimension.name}`;
export const factName = (fact: Pick<AnyFact, "name">): string => `mart.fact_${fact.name}`;
/** Surrogate key column of a dimension. */
export const surrogate = (dimension: Pick<AnyDimension, "name">): string => `${dimension.name}_key`;
export const DATE_TABLE = "mart.dim_date";

/** Locked by every build; a row per dimension with the highest surrogate key ever given out. */
export const STAR_TABLE = "ops.star";
/** Members whose facts are still to be recomputed, per fact. */
export const MOVED_TABLE = "ops.star_moved";
/** Loads whose rows are visible in the star. */
export const BUILT_TABLE = "ops.star_batch";

/** The member of every dimension that stands for what is unknown. */
export const UNKNOWN_KEY = -1;

/** Half-open stretches [valid_from, valid_to); the first is open to the past, the last to the future. */
export const OPEN_PAST = "0001-01-01";
export const OPEN_FUTURE = "9999-12-31";
