import type { Cursor } from "../cursor.ts";
import { RefusedByRedshiftError, SqlError, UnsupportedSqlError } from "../errors.ts";
import { quoteIdentifier, quoteLiteral, sqlName } from "../identifiers.ts";
import { accepted, command, type Plan } from "../plan.ts";
import { columnNames } from "../query.ts";
import { userRelation } from "../relations.ts";

/** CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION user] [QUOTA ...]. */
export function createSchema(c: Cursor): Plan {
  c.expect("create", "schema");
  const ifNotExists = c.accept("if", "not", "exists") ? "IF NOT EXISTS " : "";
  const { schema } = userRelation({ schema: c.identifier(), name: "" });
  if (c.accept("authorization")) c.identifier();
  if (c.at("quota")) throw new UnsupportedSqlError("CREATE SCHEMA ... QUOTA");
  return command("CREATE SCHEMA", [`CREATE SCHEMA ${ifNotExists}${quoteIdentifier(schema ?? "")}`]);
}

/** TRUNCATE [TABLE] t: commits, so it stands by itself. */
export function truncate(c: Cursor): Plan {
  c.expect("truncate");
  c.accept("table");
  return command("TRUNCATE", [`TRUNCATE ${sqlName(userRelation(c.objectName()))}`], { standing: "commits" });
}

/** LOCK [TABLE] t, ...: an exclusive lock which takes no snapshot, so what follows sees all that was committed before. */
export function lock(c: Cursor): Plan {
  c.expect("lock");
  c.accept("table");
  const names = c.list(() => sqlName(userRelation(c.objectName())));
  if (c.at("in")) throw new RefusedByRedshiftError("LOCK takes no mode in Redshift: it is always ACCESS EXCLUSIVE");
  return command("LOCK", [`LOCK TABLE ${names.join(", ")} IN ACCESS EXCLUSIVE MODE`]);
}

/** ANALYZE [VERBOSE] [t [(columns)]] [PREDICATE COLUMNS | ALL COLUMNS]. */
export function analyze(c: Cursor): Plan {
  c.next();
  if (c.at("compression")) throw new UnsupportedSqlError("ANALYZE COMPRESSION");
  c.accept("verbose");
  const table =
    c.ended || c.atOperator(";") || c.atAny("predicate", "all") ? "" : ` ${sqlName(userRelation(c.objectName()))}`;
  if (c.atOperator("(")) columnNames(c);
  if (c.accept("predicate") || c.accept("all")) c.expect("columns");
  return command("ANALYZE", [`ANALYZE${table}`]);
}

/** VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [t [TO n PERCENT] [BOOST]]. */
export function vacuum(c: Cursor): Plan {
  c.expect("vacuum");
  for (const kind of [["full"], ["sort", "only"], ["delete", "only"], ["reindex"], ["recluster"]])
    if (c.accept(...kind)) break;
  const table = c.ended || c.atOperator(";") ? "" : ` ${sqlName(userRelation(c.objectName()))}`;
  if (c.accept("to")) {
    c.integer();
    c.expect("percent");
  }
  c.accept("boost");
  return command("VACUUM", [`VACUUM${table}`], { standing: "alone" });
}

const COMMENTED = ["table", "view", "column", "schema"];

/** COMMENT ON TABLE | VIEW | COLUMN | SCHEMA name IS 'text' | NULL. */
export function comment(c: Cursor): Plan {
  c.expect("comment", "on");
  const kind = c.next().value;
  if (!COMMENTED.includes(kind)) throw new UnsupportedSqlError(`COMMENT ON ${kind.toUpperCase()}`);
  const parts = [c.identifier()];
  while (c.acceptOperator(".")) parts.push(c.member());
  c.expect("is");
  const text = c.accept("null") ? "NULL" : quoteLiteral(c.string());
  return command("COMMENT", [`COMMENT ON ${kind.toUpperCase()} ${parts.map(quoteIdentifier).join(".")} IS ${text}`]);
}

/** Settings that change no answer here. */
const WITHOUT_EFFECT = new Set([
  "query_group", "enable_result_cache_for_session", "wlm_query_slot_count", "analyze_threshold_percent",
  "describe_field_name_in_uppercase", "mv_enable_aqmv_for_session",
]); // prettier-ignore

/** SET name { TO | = } value, within the session. */
export function set(c: Cursor): Plan {
  c.expect("set");
  if (c.atAny("local", "session")) throw new UnsupportedSqlError(`SET ${c.peek().value.toUpperCase()}`);
  const name = c.accept("time", "zone") ? "timezone" : c.member();
  if (name !== "timezone" || !c.atAny("default")) if (!c.acceptOperator("=")) c.accept("to");
  if (name === "search_path") {
    const schemas = c.list(() => (c.peek().kind === "string" ? c.string() : c.member()));
    return command("SET", [`SET search_path TO ${schemas.map(quoteIdentifier).join(", ")}`]);
  }
  const value = c.next().value;
  if (name === "statement_timeout") return command("SET", [`SET statement_timeout TO ${quoteLiteral(value)}`]);
  if (name === "timezone" && /^utc$/i.test(value)) return accepted("SET");
  if (WITHOUT_EFFECT.has(name)) return accepted("SET");
  throw new UnsupportedSqlError(`SET ${name} TO ${value}`);
}

/** SHOW of the few settings above. */
export function show(c: Cursor): Plan {
  c.expect("show");
  const name = c.accept("time", "zone") ? "timezone" : c.next().value;
  if (!["search_path", "timezone", "statement_timeout"].includes(name))
    throw new UnsupportedSqlError(`SHOW ${name.toUpperCase()}`);
  return {
    kind: "query",
    tag: "SHOW",
    standing: "anywhere",
    sql: `SELECT current_setting('${name}') AS ${quoteIdentifier(name)}`,
  };
}

/** GRANT and REVOKE: read to their end and without effect, because every statement here runs as the administrator. */
export function grant(c: Cursor): Plan {
  const tag = c.next().value.toUpperCase();
  const preposition = tag === "GRANT" ? "to" : "from";
  let seen = false;
  while (!c.ended && !c.atOperator(";")) seen = c.next().value === preposition || seen;
  if (!seen) throw c.unexpected(preposition.toUpperCase());
  return accepted(tag);
}

/** CREATE, ALTER and DROP of USER, ROLE and GROUP: without effect, as GRANT. */
export function principal(c: Cursor): Plan {
  const verb = c.next().value.toUpperCase();
  const kind = c.next().value.toUpperCase();
  c.accept("if", "not", "exists");
  c.accept("if", "exists");
  c.identifier();
  while (!c.ended && !c.atOperator(";")) c.next();
  return accepted(`${verb} ${kind}`);
}

/** BEGIN, COMMIT and ROLLBACK: the Data API holds the transaction itself. */
export function transactionControl(c: Cursor): never {
  throw new SqlError(
    `${c.peek().value.toUpperCase()} is refused: the Data API runs a statement, or a batch, as one transaction of its own`,
    { sqlstate: "2D000" },
  );
}
