/** Builders of the compatibility functions' SQL. */

/** One text for each type a value can have. */
export function overloads(types: readonly string[], build: (type: string) => string): string {
  return types.map(build).join("\n");
}

/** A function of one expression: the planner inlines it, so it costs nothing extra. */
export function fn(signature: string, returns: string, body: string, volatility = "IMMUTABLE"): string {
  return `CREATE OR REPLACE FUNCTION redshift.${signature} RETURNS ${returns} LANGUAGE sql ${volatility} PARALLEL SAFE AS $fn$ SELECT ${body} $fn$;`;
}

/** A function with statements. */
export function block(signature: string, returns: string, body: string, volatility = "IMMUTABLE"): string {
  return `CREATE OR REPLACE FUNCTION redshift.${signature} RETURNS ${returns} LANGUAGE plpgsql ${volatility} AS $fn$ ${body} $fn$;`;
}
