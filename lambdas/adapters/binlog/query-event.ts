import type { ByteReader } from "../mysql/values/byte-reader.ts";
import { inflate } from "./rows-event.ts";

export interface QueryEvent {
  /** Default database of the statement. */
  readonly database: string;
  readonly sql: string;
  /** Statements that only frame transactions; null for all others. */
  readonly control: "begin" | "commit" | "commit-prepared" | "rollback" | "savepoint" | null;
}

/** Reads the head of every statement; nothing longer frames a transaction. */
const MAX_CONTROL = 200;

function controlOf(sql: string): QueryEvent["control"] {
  if (sql === "BEGIN") return "begin";
  if (sql === "COMMIT") return "commit";
  if (sql.length > MAX_CONTROL) return null;
  const text = sql.trim().toUpperCase();
  if (/^(BEGIN|START TRANSACTION|XA START\b.*|XA BEGIN\b.*)$/.test(text)) return "begin";
  if (text === "COMMIT") return "commit";
  if (/^XA COMMIT\b/.test(text)) return "commit-prepared";
  if (/^(ROLLBACK|XA ROLLBACK\b.*)$/.test(text)) return "rollback";
  if (/^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO|XA END)\b/.test(text)) return "savepoint";
  return null;
}

/** Reads a QUERY body. */
export function readQuery(body: ByteReader, compressed: boolean): QueryEvent {
  body.take(8);
  const databaseLength = body.u8();
  body.take(2);
  body.take(body.u16());
  const database = body.utf8(databaseLength);
  body.take(1);
  const text = body.bytes(body.left);
  const sql = (compressed ? inflate(text) : text).toString("utf8");
  return { database, sql, control: controlOf(sql) };
}
