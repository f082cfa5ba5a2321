import type { Client } from "pg";
import type { Input } from "./input.ts";

type Row = Readonly<Record<string, string | null>>;

const ask = async (client: Client, sql: string, values: unknown[] = []): Promise<readonly Row[]> =>
  (await client.query<Row>(sql, values)).rows;

export async function listDatabases(client: Client): Promise<readonly string[]> {
  const rows = await ask(
    client,
    "SELECT datname AS name FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY 1",
  );
  return rows.map(({ name }) => name ?? "");
}

export async function listSchemas(client: Client, { SchemaPattern }: Input<"ListSchemas">): Promise<readonly string[]> {
  const sql = `SELECT nspname AS name FROM pg_namespace
    WHERE nspname LIKE $1 AND nspname NOT IN ('redshift', 'pg_toast') AND nspname !~ '^pg_(toast_)?temp' ORDER BY 1`;
  const rows = await ask(client, sql, [SchemaPattern ?? "%"]);
  return rows.map(({ name }) => name ?? "");
}

export async function listTables(
  client: Client,
  { SchemaPattern, TablePattern }: Input<"ListTables">,
): Promise<readonly Row[]> {
  return ask(
    client,
    `SELECT table_name AS name, table_schema AS schema, CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS type
     FROM redshift.svv_tables WHERE table_schema LIKE $1 AND table_name LIKE $2 AND table_schema NOT LIKE 'pg_temp%' ORDER BY 2, 1`,
    [SchemaPattern ?? "%", TablePattern ?? "%"],
  );
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  smallint: "int2", integer: "int4", bigint: "int8", real: "float4", "double precision": "float8", boolean: "bool",
  "character varying": "varchar", text: "varchar", character: "bpchar", "timestamp without time zone": "timestamp",
  "timestamp with time zone": "timestamptz", "time without time zone": "time", "time with time zone": "timetz",
  "binary varying": "varbyte",
}; // prettier-ignore

export async function describeTable(
  client: Client,
  { Schema, Table }: Input<"DescribeTable">,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await ask(
    client,
    `SELECT * FROM redshift.svv_columns WHERE table_schema LIKE $1 AND table_name LIKE $2 AND table_schema NOT LIKE 'pg_temp%'
     ORDER BY table_schema, table_name, ordinal_position`,
    [Schema ?? "%", Table ?? "%"],
  );
  return rows.map((row) => ({
    name: row["column_name"],
    label: row["column_name"],
    schemaName: row["table_schema"],
    tableName: row["table_name"],
    typeName: TYPE_NAMES[row["data_type"] ?? ""] ?? row["data_type"],
    nullable: row["is_nullable"] === "YES" ? 1 : 0,
    length: Number(row["character_maximum_length"] ?? 0),
    precision: Number(row["numeric_precision"] ?? row["character_maximum_length"] ?? 0),
    scale: Number(row["numeric_scale"] ?? 0),
    isCurrency: false,
    isCaseSensitive: row["data_type"] === "character varying",
    isSigned: row["numeric_precision"] !== null,
    ...(row["column_default"] === null ? {} : { columnDefault: row["column_default"] }),
  }));
}
