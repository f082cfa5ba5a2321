/**
 * The functions that the stand-in knows, each with its number of arguments and what it becomes. A function that means
 * the same in both keeps its name; one that differs goes to the schema `redshift` (compat/); any other is refused.
 */
export interface FunctionRule {
  readonly min: number;
  readonly max: number;
  readonly kind: "scalar" | "aggregate" | "window";
  /** The PostgreSQL function, or a builder from translated arguments. */
  readonly emit: string | ((args: readonly string[]) => string);
}

type Arity = readonly [min: number, max?: number];

const rules = new Map<string, FunctionRule>();

function add(kind: FunctionRule["kind"], arity: Arity, names: string, emit?: FunctionRule["emit"]): void {
  for (const name of names.split(" "))
    rules.set(name, { kind, min: arity[0], max: arity[1] ?? arity[0], emit: emit ?? name });
}
/** The same name in the schema of compatibility functions. */
function own(arity: Arity, names: string): void {
  for (const name of names.split(" ")) add("scalar", arity, name, `redshift.${name}`);
}

const MANY = 1000;

// Same meaning in both.
add("scalar", [1], "abs ceil ceiling floor sign sqrt cbrt exp ln degrees radians sin cos tan asin acos atan cot");
add("scalar", [2], "mod atan2 power pow");
add("scalar", [1], "log dlog10", "log");
add("scalar", [0], "pi");
add("scalar", [1, 2], "round");
add("scalar", [1, MANY], "greatest least coalesce");
add("scalar", [2], "nullif");
add("scalar", [1], "lower upper initcap reverse ascii chr md5 quote_ident quote_literal");
add("scalar", [1], "length len char_length character_length textlen", "length");
add("scalar", [1], "octet_length");
add("scalar", [1, 2], "ltrim rtrim btrim");
add("scalar", [2, 3], "lpad rpad");
add("scalar", [3], "replace translate split_part");
add("scalar", [2], "repeat replicate", "repeat");
add("scalar", [2], "strpos");
add("scalar", [2, 2], "to_date", (a) => `redshift.to_date(${a.join(", ")})`);
add("scalar", [2], "to_char to_timestamp");
add("scalar", [0], "pg_backend_pid current_database current_schema version");
add("scalar", [1], "current_schemas");

// Another spelling of the same.
add("scalar", [1, MANY], "nvl", (a) => `coalesce(${a.join(", ")})`);
add("scalar", [3], "nvl2", ([a, b, c]) => `(CASE WHEN (${a}) IS NOT NULL THEN ${b} ELSE ${c} END)`);
add("scalar", [2], "charindex", ([part, text]) => `strpos(${text}, ${part})`);
add("scalar", [3, MANY], "decode", decode);
add("scalar", [2, 3], "substring substr", "redshift.substring");

// Another meaning in PostgreSQL: see compat/.
own([2], "left right concat");
own([0], "getdate pg_last_copy_count pg_last_copy_id pg_last_query_id");
own([2], "add_months sha2");
add("scalar", [2], "strtol", strtol);
own([1], "last_day to_hex from_hex");
own([1, 2], "trunc");
own([2], "to_varbyte from_varbyte");
own([2, 3], "convert_timezone");
own([1], "json_parse json_serialize is_valid_json is_valid_json_array json_typeof can_json_parse json_array_length");
own([1], "json_size json_serialize_to_varbyte");
own([2], "json_extract_path_text");
add("scalar", [0, MANY], "object", (a) => `redshift.compact(json_build_object(${a.join(", ")}))`);
add("scalar", [0, MANY], "array", (a) => `redshift.compact(json_build_array(${a.join(", ")}))`);
own([2, 5], "regexp_replace");
own([2, 5], "regexp_substr");
own([2, 4], "regexp_count");

add("aggregate", [1], "count min max bool_and bool_or any_value");
add("aggregate", [1], "avg", "redshift.avg");
add("aggregate", [1], "sum", "redshift.sum");
add("aggregate", [1], "stddev stddev_samp stddev_pop variance var_samp var_pop");
add("aggregate", [1], "median", ([x]) => `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${x})`);
add("window", [0], "row_number rank dense_rank percent_rank cume_dist");
add("window", [1], "ntile first_value last_value");
add("window", [1, 2], "lag lead");
add("window", [2], "nth_value");

/** Base 16, which turns hashes into numbers, has a function of its own; it takes no sign. */
function strtol([text = "", base = ""]: readonly string[]): string {
  return base === "16" ? `redshift.strtol_hex(${text})` : `redshift.strtol(${text}, ${base})`;
}

/** DECODE finds NULL equal to NULL. */
function decode(args: readonly string[]): string {
  const [subject, ...rest] = args;
  const branches: string[] = [];
  for (let i = 0; i + 1 < rest.length; i += 2)
    branches.push(`WHEN (${subject}) IS NOT DISTINCT FROM (${rest[i]}) THEN ${rest[i + 1]}`);
  const otherwise = rest.length % 2 === 1 ? ` ELSE ${rest.at(-1)}` : "";
  return `(CASE ${branches.join(" ")}${otherwise} END)`;
}

/** @returns the rule of a function, or undefined when the stand-in does not know it. */
export function functionRule(name: string): FunctionRule | undefined {
  return rules.get(name);
}

/** With these, Redshift wants an explicit frame as soon as the window is ordered. */
const FRAMED = new Set(["first_value", "last_value", "nth_value"]);

/** Tells whether `name(...) OVER (ORDER BY ...)` needs a frame clause in Redshift. */
export function needsFrame(name: string): boolean {
  return FRAMED.has(name) || rules.get(name)?.kind === "aggregate";
}
