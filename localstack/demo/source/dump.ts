import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Connection } from "mysql2/promise";
import { messageOf } from "../../../lambdas/core/errors.ts";
import { DemoError } from "../errors.ts";
import type { DumpStatement } from "./dump-splitter.ts";
import { DumpSplitter, DumpSyntaxError } from "./dump-splitter.ts";

/** ER_EMPTY_QUERY: a version comment for a newer server is an empty statement to this one. */
const EMPTY_QUERY = 1065;

export interface LoadDumpOptions {
  readonly file: string;
  /** In use until the dump itself says USE; created if missing. */
  readonly database: string;
  /** Told now and then how much of the file is done, from 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Executes a mysql dump, statement by statement, as the `mysql` client would.
 * @param connection opened with RAW_BYTES: the dump's bytes go out as they are, whatever it says about them
 * @returns statements executed
 * @throws DemoError with the line and what to do
 */
export async function loadDump(connection: Connection, options: LoadDumpOptions): Promise<number> {
  const { file, database } = options;
  const size = await checkFile(file);
  await connection.query("SET NAMES utf8mb4");
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${database}`);
  let executed = 0;
  for await (const { line, sql, read } of statementsOf(file)) {
    options.signal?.throwIfAborted();
    await connection.query(sql).catch((error: unknown) => {
      if ((error as { errno?: number }).errno !== EMPTY_QUERY) throw refused(file, line, sql, error);
    });
    executed++;
    options.onProgress(read / size);
  }
  return executed;
}

/** Reads a dump to its end without executing anything. @throws DemoError as loadDump does, but for what the server says */
export async function checkDump(file: string): Promise<void> {
  await checkFile(file);
  let any = false;
  for await (const { sql } of statementsOf(file)) any ||= sql !== "";
  if (!any) throw new DemoError("fill", `${file} holds no SQL statement: give a dump made by mysqldump.`);
}

/** Statements with the bytes read so far. @throws DemoError where the file does not parse */
async function* statementsOf(file: string): AsyncGenerator<DumpStatement & { readonly read: number }> {
  const splitter = new DumpSplitter();
  let read = 0;
  try {
    for await (const line of linesOf(file)) {
      read += line.length;
      for (const statement of splitter.push(line)) yield { ...statement, read };
    }
    for (const statement of splitter.end()) yield { ...statement, read };
  } catch (error) {
    if (!(error instanceof DumpSyntaxError)) throw error;
    throw new DemoError(
      "fill",
      `${file} does not parse: line ${error.line}: ${error.message}. Is the file cut off? Dump it again, or close it there.`,
      { cause: error },
    );
  }
}

/** @returns the size in bytes. @throws DemoError when it is missing, no file, or compressed */
async function checkFile(file: string): Promise<number> {
  const info = await stat(file).catch(() => null);
  if (info === null) throw new DemoError("fill", `there is no file ${file}: correct the path after --source-sql.`);
  if (!info.isFile()) throw new DemoError("fill", `${file} is a folder: give a dump file after --source-sql.`);
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head[0] === 0x1f && head[1] === 0x8b) {
      throw new DemoError("fill", `${file} is compressed: unpack it first (gunzip) and give the result.`);
    }
    if (head.includes(0)) {
      throw new DemoError("fill", `${file} is not SQL text: give a dump made by mysqldump, in UTF-8.`);
    }
  } finally {
    await handle.close();
  }
  return info.size;
}

/** Lines with their ends, one byte a character: nothing is decoded, so binary strings in the dump stay as they are. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest: string[] = [];
  for await (const chunk of createReadStream(file, { encoding: "latin1", highWaterMark: 1 << 18 })) {
    const text = chunk as string;
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      yield rest.join("") + text.slice(from, end + 1);
      rest = [];
      from = end + 1;
    }
    rest.push(text.slice(from));
  }
  const last = rest.join("");
  if (last !== "") yield last;
}

function refused(file: string, line: number, sql: string, cause: unknown): DemoError {
  const start = Buffer.from(sql.slice(0, 80), "latin1").toString("utf8").replace(/\s+/g, " ");
  // The connection reads messages byte by byte too.
  const reason = Buffer.from(messageOf(cause), "latin1").toString("utf8");
  const message = `${file} line ${line}: the server refuses "${start}${sql.length > 80 ? " ..." : ""}": ${reason}. Correct that statement, or dump the data again from a server of this kind.`;
  return new DemoError("fill", message, { cause });
}
