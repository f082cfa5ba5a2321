import type { AnyTable } from "../../../schemas/model/table.ts";
import { classicmodels } from "../../../schemas/sources/classicmodels/area.ts";
import { sourceTable } from "../compare/canonical.ts";
import { DemoError } from "../errors.ts";
import { generateShop } from "../generator/shop.ts";
import type { RunOptions } from "../options.ts";
import type { Say } from "../progress/index.ts";
import type { SourceAccess } from "../source/connection.ts";
import { connectTo, RAW_BYTES, rowsOf } from "../source/connection.ts";
import { loadDump } from "../source/dump.ts";
import { fillSource } from "../source/fill.ts";

const { database } = classicmodels;

/** Fills the source as asked: a dump, or generated rows. @returns rows in the captured tables afterwards */
export async function fill(
  access: SourceAccess,
  options: RunOptions,
  tables: readonly AnyTable[],
  say: Say,
  signal: AbortSignal,
): Promise<number> {
  if (!options.writes) return countRows(access, await tablesAt(access, tables));
  if (options.sourceUrl !== null) await refuseUnlessEmpty(access);
  if (options.sourceSql === null) {
    const connection = await connectTo(access);
    try {
      const rows = generateShop({ orders: options.orders, seed: options.seed });
      await fillSource(connection, { database, rows, signal, onProgress: (done) => say(`${done} rows`) });
    } finally {
      await connection.end();
    }
  } else {
    const connection = await connectTo(access, RAW_BYTES);
    try {
      const onProgress = (done: number) => say(`${Math.floor(done * 100)} %`);
      await loadDump(connection, { file: options.sourceSql, database, signal, onProgress });
    } finally {
      await connection.end();
    }
    const found = await tablesAt(access, tables);
    if (found.length === 0) {
      throw new DemoError(
        "fill",
        `${options.sourceSql} left no captured table in database ${database}: the definitions in schemas/sources/ capture ${database}; correct the dump's USE statement.`,
      );
    }
  }
  return countRows(access, await tablesAt(access, tables));
}

/** @returns the tables of the areas whose database is on the server, as capture sees it: with tables in it */
export async function tablesAt(access: SourceAccess, tables: readonly AnyTable[]): Promise<readonly AnyTable[]> {
  const connection = await connectTo(access);
  try {
    const found = await rowsOf<{ db: string }>(
      connection,
      "SELECT DISTINCT table_schema AS db FROM information_schema.tables",
    );
    const there = new Set(found.map(({ db }) => db.toLowerCase()));
    return tables.filter((table) => there.has(table.area.database.toLowerCase()));
  } finally {
    await connection.end();
  }
}

/** @throws DemoError when nothing that is captured is on the server */
export function requireTables(found: readonly AnyTable[], tables: readonly AnyTable[], access: SourceAccess): void {
  if (found.length > 0) return;
  const wanted = [...new Set(tables.map((table) => table.area.database))].join(", ");
  throw new DemoError(
    "source",
    `${access.host}:${access.port} has none of the databases that are captured (${wanted}): define yours with \`npx millrace import mysql://user:password@${access.host}:${access.port}/database\`, give the server that has them, or --fill to create sample rows there.`,
  );
}

/** Areas that are left out because their database is not on the server, as sentences. */
export function leftOut(found: readonly AnyTable[], tables: readonly AnyTable[]): string[] {
  const there = new Set(found.map((table) => table.area.name));
  const missing = new Map(
    tables.filter((table) => !there.has(table.area.name)).map((table) => [table.area.name, table.area.database]),
  );
  return [...missing].map(
    ([area, name]) => `area ${area} is left out: the server has no database ${name}, or the user may not read it.`,
  );
}

/** @throws DemoError when the schema to fill has tables */
export async function refuseUnlessEmpty(access: SourceAccess): Promise<void> {
  const connection = await connectTo(access);
  try {
    const found = await rowsOf<{ name: string }>(
      connection,
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?",
      [database],
    );
    if (found.length === 0) return;
    const names = found.map(({ name }) => name).slice(0, 3);
    throw new DemoError(
      "fill",
      `--fill fills an empty schema only, and ${database} at ${access.host}:${access.port} has tables already (${found.length}: ${names.join(", ")}${found.length > names.length ? ", ..." : ""}): leave --fill out to use them as they are, or drop that database first.`,
    );
  } finally {
    await connection.end();
  }
}

async function countRows(access: SourceAccess, tables: readonly AnyTable[]): Promise<number> {
  const connection = await connectTo(access);
  try {
    let rows = 0;
    for (const table of tables) {
      const [count] = await rowsOf<{ n: string | number }>(
        connection,
        `SELECT COUNT(*) AS n FROM ${sourceTable(table)}`,
      );
      rows += Number(count?.n ?? 0);
    }
    return rows;
  } finally {
    await connection.end();
  }
}
