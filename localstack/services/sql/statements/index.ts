import { Cursor, noParameters, type Parameters } from "../cursor.ts";
import { SqlError, UnsupportedSqlError } from "../errors.ts";
import type { Plan } from "../plan.ts";
import { query, withClause } from "../query.ts";
import { alterTable } from "./alter-table.ts";
import { copy } from "./copy.ts";
import { createTable } from "./create-table.ts";
import { deleteFrom, insert, update } from "./dml.ts";
import { merge } from "./merge.ts";
import * as misc from "./misc.ts";
import { unload } from "./unload.ts";
import { createView, drop } from "./views.ts";

type Reader = (c: Cursor) => Plan;

const readQuery: Reader = (c) => ({ kind: "query", tag: "SELECT", standing: "anywhere", sql: query(c) });

/** By the first words, the longest match first. */
const READERS: readonly (readonly [words: readonly string[], reader: Reader])[] = [
  [["select"], readQuery],
  [["with"], readWith],
  [["insert"], insert],
  [["update"], (c) => update(c, "")],
  [["delete"], (c) => deleteFrom(c, "")],
  [["merge"], merge],
  [["copy"], copy],
  [["unload"], unload],
  [["create", "schema"], misc.createSchema],
  [["create", "table"], createTable],
  [["create", "temp"], createTable],
  [["create", "temporary"], createTable],
  [["create", "local"], createTable],
  [["create", "view"], createView],
  [["create", "or"], createView],
  [["create", "materialized"], createView],
  [["alter", "table"], alterTable],
  ...["create", "alter", "drop"].flatMap((verb) =>
    ["user", "role", "group"].map((kind) => [[verb, kind], misc.principal] as const),
  ),
  [["drop"], drop],
  [["comment"], misc.comment],
  [["truncate"], misc.truncate],
  [["lock"], misc.lock],
  [["analyze"], misc.analyze],
  [["analyse"], misc.analyze],
  [["vacuum"], misc.vacuum],
  [["set"], misc.set],
  [["show"], misc.show],
  [["grant"], misc.grant],
  [["revoke"], misc.grant],
  ...["begin", "start", "commit", "end", "rollback", "abort"].map((word) => [[word], misc.transactionControl] as const),
];

/** WITH before SELECT, UPDATE or DELETE. */
function readWith(c: Cursor): Plan {
  const verb = afterWith(c);
  if (verb === "insert") throw new SqlError("WITH stands after INSERT INTO t, before its SELECT");
  if (verb !== "update" && verb !== "delete") return readQuery(c);
  const ctes = `${withClause(c)} `;
  return verb === "update" ? update(c, ctes) : deleteFrom(c, ctes);
}

/** @returns the first of the verbs that stands outside all parentheses. */
function afterWith(c: Cursor): string | null {
  for (let depth = 0, i = 0; c.peek(i).kind !== "end"; i++) {
    if (c.atOperator("(", i)) depth++;
    else if (c.atOperator(")", i)) depth--;
    else if (depth === 0 && c.peek(i).kind === "word" && VERBS.has(c.peek(i).value)) return c.peek(i).value;
  }
  return null;
}
const VERBS = new Set(["select", "insert", "update", "delete"]);

/**
 * Recognises one Redshift statement and says what PostgreSQL has to do for it.
 * @throws SqlError naming what is wrong, or what the stand-in does not know; nothing is passed through unread
 */
export function translate(sql: string, parameters: Parameters = noParameters()): Plan {
  return Cursor.read(sql, parameters, statement);
}

function statement(c: Cursor): Plan {
  if (c.ended || (c.atOperator(";") && c.peek(1).kind === "end")) throw new SqlError("the statement is empty");
  const reader = c.atOperator("(") ? readQuery : READERS.find(([words]) => c.at(...words))?.[1];
  if (reader === undefined) throw unknownStatement(c);
  const plan = readWithin(c, reader);
  c.expectEnd();
  return plan;
}

/** The readers call each other as deep as the statement nests. */
function readWithin(c: Cursor, reader: Reader): Plan {
  try {
    return reader(c);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SqlError("the statement is nested too deeply: stack depth limit exceeded", {
      sqlstate: "54001",
      cause: error,
    });
  }
}

function unknownStatement(c: Cursor): SqlError {
  const first = c.peek();
  if (first.kind !== "word") return c.unexpected();
  const second = c.peek(1).kind === "word" ? ` ${c.peek(1).value.toUpperCase()}` : "";
  return new UnsupportedSqlError(`statement ${first.value.toUpperCase()}${second}`);
}
