import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  ListDatabasesCommand,
  ListSchemasCommand,
  ListStatementsCommand,
  ListTablesCommand,
} from "@aws-sdk/client-redshift-data";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { startRedshift, type Redshift } from "./run.ts";

// Bounds a hang; nothing here waits for time to pass.
jest.setTimeout(60_000);

describe("Redshift Data API", () => {
  let redshift: Redshift;
  let warehouse: Redshift["warehouse"];
  let api: Redshift["api"];
  let run: Redshift["run"];
  const place = () => ({ WorkgroupName: "local", Database: warehouse.database });

  beforeAll(async () => {
    redshift = await startRedshift();
    ({ warehouse, api, run } = redshift);
  }, 60_000);
  afterAll(() => redshift.stop());

  it("answers a query with typed fields and Redshift's type names", async () => {
    const { Id, HasResultSet, ResultRows, Duration, RedshiftPid, CreatedAt } = await run.execute(
      `SELECT 1 AS i, CAST(9007199254740993 AS BIGINT) AS big, CAST(1.50 AS NUMERIC(10,2)) AS n, 'x' AS v, TRUE AS b, CAST(NULL AS DATE) AS d,
         CAST('2024-01-31 10:00:00.5' AS TIMESTAMP) AS t, JSON_PARSE('{"b": 1, "a": [1.10]}') AS s, CAST(0.1 AS DOUBLE PRECISION) AS f, FROM_HEX('00ff') AS vb`,
    );
    expect({ HasResultSet, ResultRows }).toEqual({ HasResultSet: true, ResultRows: 1 });
    expect(Duration).toBeGreaterThan(0);
    expect(RedshiftPid).toBeGreaterThan(0);
    expect(CreatedAt).toBeInstanceOf(Date);
    const result = await api.client.send(new GetStatementResultCommand({ Id }));
    expect(result.Records).toEqual([
      [
        { longValue: 1 },
        { longValue: Number("9007199254740993") },
        { stringValue: "1.50" },
        { stringValue: "x" },
        { booleanValue: true },
        { isNull: true },
        { stringValue: "2024-01-31 10:00:00.5" },
        { stringValue: '{"b":1,"a":[1.10]}' },
        { doubleValue: 0.1 },
        { stringValue: "00ff" },
      ],
    ]);
    expect(result.ColumnMetadata?.map(({ name, typeName }) => `${name ?? ""} ${typeName ?? ""}`)).toEqual([
      "i int4", "big int8", "n numeric", "v varchar", "b bool", "d date", "t timestamp", "s super", "f float8", "vb varbyte",
    ]); // prettier-ignore
    expect(result.ColumnMetadata?.[2]).toMatchObject({ precision: 10, scale: 2 });
    expect(result.TotalNumRows).toBe(1);
  });

  it("runs a batch as one transaction and takes everything back when one statement fails", async () => {
    await run.must("CREATE TABLE kept (id INT)");
    const outcome = await run.batch([
      "INSERT INTO kept VALUES (1)",
      "SELECT id FROM kept",
      "SELECT 1/0",
      "INSERT INTO kept VALUES (2)",
    ]);
    expect(outcome.Status).toBe("FAILED");
    expect(outcome.Error).toBe("Query #3 failed with ERROR: division by zero");
    expect(outcome.SubStatements?.map(({ Id, Status }) => [Id, Status])).toEqual([
      [`${outcome.Id ?? ""}:1`, "FINISHED"],
      [`${outcome.Id ?? ""}:2`, "FINISHED"],
      [`${outcome.Id ?? ""}:3`, "FAILED"],
      [`${outcome.Id ?? ""}:4`, "ABORTED"],
    ]);
    expect(await run.rows("SELECT COUNT(*) FROM kept")).toEqual([[0]]);
  });

  it("gives each part of a batch its rows and its result", async () => {
    await run.must("CREATE TABLE parts (id INT, name VARCHAR(10))");
    const outcome = await run.batch([
      "INSERT INTO parts VALUES (1, 'a'), (2, 'b')",
      "SELECT name FROM parts ORDER BY id",
    ]);
    expect(outcome).toMatchObject({ Status: "FINISHED", HasResultSet: true });
    expect(outcome.SubStatements?.map(({ ResultRows, HasResultSet }) => [ResultRows, HasResultSet])).toEqual([
      [2, false],
      [2, true],
    ]);
    const id = `${outcome.Id ?? ""}:2`;
    const { Records } = await api.client.send(new GetStatementResultCommand({ Id: id }));
    expect(Records).toEqual([[{ stringValue: "a" }], [{ stringValue: "b" }]]);
    await expect(api.client.send(new DescribeStatementCommand({ Id: id }))).resolves.toMatchObject({
      Id: id,
      Status: "FINISHED",
    });
    await expect(api.client.send(new GetStatementResultCommand({ Id: outcome.Id }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("commits each statement by itself in AUTO_COMMIT mode", async () => {
    await run.must("CREATE TABLE singly (id INT)");
    const outcome = await run.batch(["INSERT INTO singly VALUES (1)", "SELECT 1/0", "INSERT INTO singly VALUES (3)"], {
      ExecutionMode: "AUTO_COMMIT",
    });
    expect(outcome.SubStatements?.map(({ Status }) => Status)).toEqual(["FINISHED", "FAILED", "FINISHED"]);
    expect(await run.rows("SELECT id FROM singly ORDER BY id")).toEqual([[1], [3]]);
  });

  it("answers the same token with the same statement, and a failure with that failure", async () => {
    await run.must("CREATE TABLE once (id INT)");
    const insert = { ...place(), Sql: "INSERT INTO once VALUES (1)", ClientToken: "token-1" };
    const [a, b] = await Promise.all([1, 2].map(() => api.client.send(new ExecuteStatementCommand(insert))));
    expect(a?.Id).toBe(b?.Id);
    await run.describe(a?.Id);
    expect(await run.rows("SELECT COUNT(*) FROM once")).toEqual([[1]]);

    const failing = { ...place(), Sqls: ["SELECT missing FROM once"], ClientToken: "token-2", WaitTimeSeconds: 30 };
    const first = await api.client.send(new BatchExecuteStatementCommand(failing));
    await run.must("ALTER TABLE once ADD COLUMN missing INT");
    const again = await api.client.send(new BatchExecuteStatementCommand(failing));
    expect([first.Status, again.Status, again.Id]).toEqual(["FAILED", "FAILED", first.Id]);
    await expect(
      api.client.send(new BatchExecuteStatementCommand({ ...failing, Sqls: ["SELECT 1"] })),
    ).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("waits as long as it is asked to, and no longer", async () => {
    await run.must("CREATE TABLE locked (id INT)");
    const quick = await api.client.send(
      new ExecuteStatementCommand({ ...place(), Sql: "SELECT 1", WaitTimeSeconds: 30 }),
    );
    expect(quick).toMatchObject({ Status: "FINISHED", HasResultSet: true });
  });

  it("takes named parameters, typed by where they stand", async () => {
    const { Id, Status } = await run.execute("SELECT :n + 1, :t, DATEADD(day, CAST(:n AS INT), :d)", {
      Parameters: [
        { name: "n", value: "41" },
        { name: "t", value: "it's; --" },
        { name: "d", value: "2024-02-28" },
      ],
    });
    expect(Status).toBe("FINISHED");
    const { Records } = await api.client.send(new GetStatementResultCommand({ Id }));
    expect(Records).toEqual([[{ longValue: 42 }, { stringValue: "it's; --" }, { stringValue: "2024-04-09 00:00:00" }]]);
    const use = (Sql: string, value: string) =>
      api.client.send(new ExecuteStatementCommand({ ...place(), Sql, Parameters: [{ name: "n", value }] }));
    await expect(use("SELECT 1", "1")).rejects.toThrow("Parameter n is not used");
    await expect(use("SELECT :n", "")).rejects.toMatchObject({ name: "ValidationException" });
    expect(await run.error("SELECT 1 FROM :t")).toContain("syntax error");
  });

  it("pages large results from disk, and gives CSV when asked", async () => {
    await run.must("CREATE TABLE wide (id INT, pad VARCHAR(4000))", "INSERT INTO wide SELECT 1, REPEAT('x', 4000)");
    for (let i = 0; i < 10; i++)
      await run.must("INSERT INTO wide SELECT id + (SELECT MAX(id) FROM wide), pad FROM wide");
    const { Id } = await run.execute("SELECT id, pad FROM wide ORDER BY id");
    const ids: number[] = [];
    let NextToken: string | undefined;
    let pages = 0;
    do {
      const page = await api.client.send(new GetStatementResultCommand({ Id, NextToken }));
      for (const [id] of page.Records ?? []) ids.push(id?.longValue ?? -1);
      NextToken = page.NextToken;
      pages++;
    } while (NextToken !== undefined);
    expect(pages).toBeGreaterThan(3);
    expect(ids).toEqual(Array.from({ length: 1024 }, (_, i) => i + 1));

    const csv = await run.execute(`SELECT 1 AS a, 'x,"y"' AS b, NULL AS c`, { ResultFormat: "CSV" });
    const { Records } = await api.client.send(new GetStatementResultV2Command({ Id: csv.Id }));
    expect(Records).toEqual([{ CSVRecords: 'a,b,c\r\n1,"x,""y""",\r\n' }]);
  });

  it("cancels what waits for a lock", async () => {
    await run.must("CREATE TABLE busy (id INT)");
    const { Client } = await import("pg");
    const holder = new Client({ connectionString: warehouse.url });
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE busy");
    const { Id } = await api.client.send(
      new ExecuteStatementCommand({ ...place(), Sql: "INSERT INTO busy VALUES (1)", WaitTimeSeconds: 1 }),
    );
    await expect(api.client.send(new DescribeStatementCommand({ Id }))).resolves.toMatchObject({
      Status: "STARTED",
      Duration: -1,
    });
    await expect(api.client.send(new CancelStatementCommand({ Id }))).resolves.toMatchObject({ Status: true });
    expect(await run.describe(Id)).toMatchObject({
      Status: "ABORTED",
      Error: "ERROR: Query cancelled on user's request",
    });
    await holder.end();
    await expect(api.client.send(new CancelStatementCommand({ Id }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  it("refuses what the service refuses", async () => {
    const send = (input: Partial<ConstructorParameters<typeof ExecuteStatementCommand>[0]>) =>
      api.client.send(new ExecuteStatementCommand({ Sql: "SELECT 1", ...place(), ...input }));
    await expect(send({ Sql: `SELECT '${"x".repeat(102_400)}'` })).rejects.toThrow("100 KB");
    await expect(send({ WorkgroupName: undefined })).rejects.toThrow("WorkgroupName");
    await expect(send({ ClientToken: "x".repeat(65) })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(send({ WaitTimeSeconds: 31 })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(send({ SessionKeepAliveSeconds: 10 })).rejects.toThrow("Sessions");
    const Sqls = Array.from({ length: 41 }, () => "SELECT 1");
    await expect(api.client.send(new BatchExecuteStatementCommand({ ...place(), Sqls }))).rejects.toMatchObject({
      name: "ValidationException",
    });
    const unknown = "00000000-0000-4000-8000-000000000000";
    await expect(api.client.send(new DescribeStatementCommand({ Id: unknown }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      ResourceId: unknown,
    });
    const { Id } = await run.execute("CREATE TABLE nothing_to_see (id INT)");
    await expect(api.client.send(new GetStatementResultCommand({ Id }))).rejects.toThrow("Query does not have result");
    expect(await run.execute("SELECT 1", { Database: "nowhere" })).toMatchObject({
      Status: "FAILED",
      Error: 'ERROR: database "nowhere" does not exist',
    });
    expect(await run.error("SELECT REPEAT('x', 70000)")).toContain("64 KB");
  });

  it("lists statements, databases, schemas, tables and columns", async () => {
    await run.must(
      "CREATE SCHEMA listed",
      "CREATE TABLE listed.things (id BIGINT NOT NULL, name VARCHAR(20), price NUMERIC(8,2), extra SUPER)",
    );
    await run.execute("SELECT 1", { StatementName: "named-one" });
    const { Statements } = await api.client.send(new ListStatementsCommand({ StatementName: "named", MaxResults: 1 }));
    expect(Statements).toMatchObject([
      { StatementName: "named-one", QueryString: "SELECT 1", Status: "FINISHED", IsBatchStatement: false },
    ]);
    expect((await api.client.send(new ListDatabasesCommand(place()))).Databases).toContain(warehouse.database);
    expect((await api.client.send(new ListSchemasCommand({ ...place(), SchemaPattern: "list%" }))).Schemas).toEqual([
      "listed",
    ]);
    expect((await api.client.send(new ListTablesCommand({ ...place(), SchemaPattern: "listed" }))).Tables).toEqual([
      { name: "things", schema: "listed", type: "TABLE" },
    ]);
    const { ColumnList } = await api.client.send(
      new DescribeTableCommand({ ...place(), Schema: "listed", Table: "things" }),
    );
    expect(ColumnList?.map(({ name, typeName, nullable, length }) => [name, typeName, nullable, length])).toEqual([
      ["id", "int8", 0, 0], ["name", "varchar", 1, 20], ["price", "numeric", 1, 0], ["extra", "super", 1, 0],
    ]); // prettier-ignore
  });

  it("keeps a history of queries", async () => {
    await run.execute("SELECT 'remember me' AS x");
    await run.execute("SELECT nowhere FROM listed.things");
    expect(
      await run.rows(
        "SELECT query_type, status, error_message FROM sys_query_history WHERE query_text LIKE '%remember me%' ORDER BY query_id",
      ),
    ).toEqual([["SELECT", "success", null]]);
    expect(await run.rows("SELECT status FROM sys_query_history WHERE query_text LIKE 'SELECT nowhere%'")).toEqual([
      ["failed"],
    ]);
  });
});
