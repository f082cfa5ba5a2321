import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import { startRedshift, type Redshift } from "./run.ts";

// Bounds a hang; nothing here waits for time to pass.
jest.setTimeout(60_000);

describe("Redshift's statements", () => {
  let redshift: Redshift;
  let warehouse: Redshift["warehouse"];
  let api: Redshift["api"];
  let run: Redshift["run"];

  beforeAll(async () => {
    redshift = await startRedshift();
    ({ warehouse, api, run } = redshift);
  }, 60_000);
  afterAll(() => redshift.stop());

  it("gives functions Redshift's meaning", async () => {
    const expected: [string, unknown][] = [
      ["DATEDIFF(month, '2024-01-31', '2024-02-01')", 1],
      ["DATEDIFF(day, CAST('2024-01-31 23:59:00' AS TIMESTAMP), CAST('2024-02-01' AS DATE))", 1],
      ["DATEDIFF(year, '2023-12-31', '2024-01-01')", 1],
      ["DATEDIFF(hour, '2024-01-01 00:59:00', '2024-01-01 01:00:00')", 1],
      ["DATEADD(month, 1, '2024-01-31')", "2024-02-29 00:00:00"],
      ["DATE_TRUNC('month', CAST('2024-02-29' AS DATE))", "2024-02-01 00:00:00"],
      ["EXTRACT(epoch FROM CAST('2024-01-01' AS TIMESTAMP))", 1704067200],
      ["EXTRACT(dow FROM CAST('2024-01-07' AS DATE))", 0],
      ["LAST_DAY('2024-02-10')", "2024-02-29"],
      ["ADD_MONTHS('2024-02-29', 1)", "2024-03-31 00:00:00"],
      ["CONVERT_TIMEZONE('UTC', 'Europe/Berlin', '2024-07-01 10:00:00')", "2024-07-01 12:00:00"],
      ["TRUNC(CAST('2024-01-31 10:00:00' AS TIMESTAMP))", "2024-01-31"],
      ["REGEXP_REPLACE('a.b.c', '[.]', '-')", "a-b-c"],
      ["REGEXP_REPLACE('ab', '(a)(b)', '$2$1')", "ba"],
      ["REGEXP_SUBSTR('abc', 'x')", ""],
      ["CONCAT('a', NULL)", null],
      ["CAST('éé' AS VARCHAR(3))", "é"],
      ["LEFT('abc', 2) || RIGHT('abc', 1)", "abc"],
      ["LEN('éa')", 2],
      ["OCTET_LENGTH('éa')", 3],
      ["STRTOL('7fffffffffffffff', 16)", Number("9223372036854775807")],
      ["STRTOL(SUBSTRING(MD5('x'), 1, 8), 16)", 2647975009],
      ["STRTOL('-zz', 36)", -1295],
      ["TO_HEX(CAST('ab' AS VARBYTE))", "6162"],
      ["FROM_VARBYTE(FROM_HEX('6162'), 'utf8')", "ab"],
      ["SHA2('x', 256)", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"],
      ['JSON_SERIALIZE(JSON_PARSE(\'{ "b" : [1.10, "a b"], "a" : null }\'))', '{"b":[1.10,"a b"],"a":null}'],
      ["JSON_SERIALIZE(OBJECT('k', 1, 'n', NULL))", '{"k":1,"n":null}'],
      ["CAST(JSON_PARSE('\"text\"') AS VARCHAR)", "text"],
      ["NVL2(NULL, 1, 2)", 2],
      ["DECODE(NULL, NULL, 'n', 'o')", "n"],
      ["7 / 2", 3],
      ["GETDATE() > '2024-01-01'", true],
    ];
    const rows = await run.rows(`SELECT ${expected.map(([sql], i) => `${sql} AS c${i}`).join(",\n")}`);
    expect(rows[0]).toEqual(expected.map(([, value]) => value));
  });

  it("refuses a sum of BIGINTs that is none", async () => {
    await run.must("CREATE TABLE large (n BIGINT)", "INSERT INTO large VALUES (9223372036854775807), (1)");
    const { Status, Error: reason } = await run.execute("SELECT SUM(n) FROM large");
    expect([Status, reason]).toEqual(["FAILED", expect.stringContaining("out of range")]);
    expect(await run.rows("SELECT SUM(CAST(n AS NUMERIC(38,0))) FROM large")).toEqual([["9223372036854775808"]]);
  });

  it("leads into SUPER columns, and serialises what fits a VARCHAR", async () => {
    const long = `JSON_PARSE('["' || REPEAT('x', 40000) || '", "' || REPEAT('y', 25528) || '"]')`;
    await run.must(
      "CREATE TABLE paths (id INT, doc SUPER)",
      `INSERT INTO paths SELECT 1, JSON_PARSE('{"a_b": "", "list": [{"n": 1}, "two"], "Case": 1}')`,
      `INSERT INTO paths SELECT 2, ${long}`,
      `INSERT INTO paths SELECT 3, JSON_PARSE('{"kept": ["' || REPEAT('x', 40000) || '", "' || REPEAT('y', 40000) || '"]}')`,
      "INSERT INTO paths VALUES (4, NULL)",
    );
    expect(
      await run.rows(
        "SELECT doc.a_b, doc.list[0].n, p.doc.list[1], doc.axb, doc.list[9], doc.case, doc.a_b.deeper FROM paths p WHERE p.id = 1",
      ),
    ).toEqual([['""', "1", '"two"', null, null, null, null]]);
    expect(await run.rows("SELECT id FROM paths WHERE JSON_SIZE(doc.a_b) = 2")).toEqual([[1]]);
    expect(await run.rows("SELECT doc.a_b FROM paths WHERE id = 4")).toEqual([[null]]);
    expect(await run.rows("SELECT LEN(JSON_SERIALIZE(doc)) FROM paths WHERE id = 2")).toEqual([[65535]]);
    expect(await run.error("SELECT JSON_SERIALIZE(doc) FROM paths WHERE id = 3")).toContain("varchar limit");
    expect(
      await run.rows(
        "SELECT JSON_SIZE(doc), OCTET_LENGTH(JSON_SERIALIZE_TO_VARBYTE(doc.kept)), LEN(CAST(doc.kept[1] AS VARCHAR(65535))) FROM paths WHERE id = 3",
      ),
    ).toEqual([[80016, 80007, 40000]]);
  });

  it("aggregates as Redshift does", async () => {
    await run.must(
      "CREATE TABLE figures (g INT, n INT, d NUMERIC(6,2), t VARCHAR(5))",
      "INSERT INTO figures VALUES (1, 1, 1.00, 'a'), (1, 2, 1.01, 'b'), (2, NULL, NULL, 'c')",
    );
    expect(
      await run.rows(
        "SELECT g, AVG(n), AVG(d), LISTAGG(t, '+') WITHIN GROUP (ORDER BY t DESC), MEDIAN(n) FROM figures GROUP BY g ORDER BY g",
      ),
    ).toEqual([
      [1, 1, "1.00", "b+a", 1.5],
      [2, null, null, "c", null],
    ]);
    expect(await run.error("SELECT CAST(n > 1 AS VARCHAR) FROM figures")).toContain(
      "cannot cast type boolean to character varying",
    );
    expect(await run.error("SELECT CAST(JSON_PARSE('[1]') AS VARCHAR)")).toContain("use JSON_SERIALIZE");
  });

  it("counts VARCHAR in bytes, enforces NOT NULL, and no key", async () => {
    await run.must(
      "CREATE TABLE keyed (id INT, name VARCHAR(4), PRIMARY KEY (id), UNIQUE (name))",
      "INSERT INTO keyed VALUES (1, 'éé'), (1, 'éé')",
    );
    expect(await run.error("INSERT INTO keyed VALUES (2, 'ééa')")).toMatch(
      /^ERROR: Value too long for character type\n/,
    );
    expect(await run.error("INSERT INTO keyed VALUES (NULL, 'a')")).toContain(
      "Cannot insert a NULL value into column id",
    );
    await run.must("ALTER TABLE keyed ALTER COLUMN name TYPE VARCHAR(5)", "INSERT INTO keyed VALUES (2, 'ééa')");
    const batch = await run.batch(["ALTER TABLE keyed ALTER COLUMN name TYPE VARCHAR(6)"]);
    expect(batch.Error).toBe("Query #1 failed with ERROR: ALTER TABLE cannot run inside a transaction block");
    expect((await run.batch(["TRUNCATE keyed"])).Error).toContain("TRUNCATE commits the transaction");
    await run.must("TRUNCATE keyed", "VACUUM keyed", "ANALYZE keyed");
    expect(await run.rows("SELECT COUNT(*) FROM keyed")).toEqual([[0]]);
  });

  it("refuses a bare literal where PostgreSQL would parse it, and limits what CREATE TABLE AS makes", async () => {
    await run.must("CREATE TABLE docs (id INT, doc SUPER, bin VARBYTE(8))", "INSERT INTO docs VALUES (1, NULL, NULL)");
    expect(await run.error("INSERT INTO docs VALUES (1, '[1]', NULL)")).toContain('bare literal for column "doc"');
    expect(await run.error("INSERT INTO docs (bin, id) VALUES ('ab', 1)")).toContain("FROM_HEX");
    expect(await run.error("UPDATE docs SET doc = '[1]' WHERE id = 1")).toContain("JSON_PARSE");
    await run.must("UPDATE docs SET doc = CAST('[1]' AS SUPER), bin = CAST('ab' AS VARBYTE)");
    expect(await run.rows("SELECT doc, bin FROM docs")).toEqual([['"[1]"', "6162"]]);
    await run.must("CREATE TABLE made AS SELECT CAST('ab' AS VARCHAR(3)) AS name");
    expect(await run.error("INSERT INTO made VALUES ('éé')")).toContain("Value too long for character type");
  });

  it("merges, and refuses two rows of the source for one of the target", async () => {
    await run.must("CREATE TABLE target (id INT, v VARCHAR(5))", "CREATE TABLE source (id INT, v VARCHAR(5))");
    await run.must(
      "INSERT INTO target VALUES (1, 'old'), (2, 'old')",
      "INSERT INTO source VALUES (2, 'new'), (3, 'new')",
    );
    const merge =
      "MERGE INTO target USING source s ON target.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v)";
    expect((await run.execute(merge)).ResultRows).toBe(2);
    expect(await run.rows("SELECT * FROM target ORDER BY id")).toEqual([
      [1, "old"],
      [2, "new"],
      [3, "new"],
    ]);
    await run.must("INSERT INTO source VALUES (2, 'more')");
    expect(await run.error(merge)).toBe("ERROR: Found multiple matches to update the same tuple.");
    expect(await run.error("MERGE INTO target USING source ON target.id = source.id REMOVE DUPLICATES")).toContain(
      "Found multiple matches",
    );
    await run.must(
      "DELETE FROM source WHERE v = 'new'",
      "INSERT INTO target VALUES (2, 'twin')",
      "MERGE INTO target USING source ON target.id = source.id REMOVE DUPLICATES",
    );
    expect(await run.rows("SELECT * FROM target ORDER BY id")).toEqual([
      [1, "old"],
      [2, "more"],
      [3, "new"],
    ]);
    await run.must("CREATE VIEW source_view AS SELECT * FROM source");
    expect(
      await run.error(
        "MERGE INTO target USING source_view ON target.id = source_view.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1, 'x')",
      ),
    ).toContain("is a view");
  });

  it("lets a temporary table live for its batch", async () => {
    const outcome = await run.batch([
      "CREATE TEMP TABLE stage (LIKE target)",
      "INSERT INTO stage SELECT * FROM target",
      "SELECT COUNT(*) FROM stage",
    ]);
    expect(outcome.Status).toBe("FINISHED");
    expect(await run.error("SELECT * FROM stage")).toContain('relation "stage" does not exist');
  });

  it("binds late what is to be bound late, and keeps its comment", async () => {
    await run.must("CREATE VIEW late AS SELECT a FROM not_yet WITH NO SCHEMA BINDING");
    expect(await run.error("SELECT * FROM late")).toContain('relation "late" does not exist');
    await run.must(
      "CREATE TABLE not_yet (a VARCHAR(3))",
      "INSERT INTO not_yet VALUES ('x')",
      "COMMENT ON VIEW late IS 'said'",
    );
    await run.must("CREATE VIEW later AS SELECT a AS b FROM late WITH NO SCHEMA BINDING");
    await run.must(
      "ALTER TABLE not_yet ALTER COLUMN a TYPE VARCHAR(9)",
      "DROP TABLE not_yet",
      "CREATE TABLE not_yet (a VARCHAR(3), c INT)",
      "INSERT INTO not_yet VALUES ('y', 1)",
    );
    expect(await run.rows("SELECT b FROM later")).toEqual([["y"]]);
    expect(await run.rows("SELECT remarks FROM svv_tables WHERE table_name = 'late'")).toEqual([["said"]]);
    await run.must(
      "CREATE OR REPLACE VIEW late AS SELECT c AS a FROM not_yet WITH NO SCHEMA BINDING",
      "DROP VIEW later",
      "DROP VIEW IF EXISTS later",
    );
    expect(await run.rows("SELECT a FROM late")).toEqual([[1]]);
  });

  it("shows keys and encodings in the system views", async () => {
    await run.must(
      "CREATE SCHEMA described",
      "CREATE TABLE described.t (id INT NOT NULL ENCODE az64, name VARCHAR(8) ENCODE zstd, doc SUPER) DISTKEY (id) SORTKEY (name, id)",
    );
    await run.must(
      "INSERT INTO described.t VALUES (1, 'a', JSON_PARSE('{}'))",
      "ALTER TABLE described.t ADD COLUMN more BIGINT ENCODE delta",
    );
    const { Id } = await run.batch([
      "SET search_path TO described",
      `SELECT COUNT(*), MAX(encoding) FROM pg_table_def WHERE "column" = 'more'`,
    ]);
    expect(Id).toBeDefined();
    expect(await run.rows("SELECT COUNT(*) FROM pg_table_def WHERE tablename = 't'")).toEqual([[0]]);
    expect(
      await run.rows(`SELECT diststyle, sortkey1, sortkey_num, tbl_rows FROM svv_table_info WHERE "table" = 't'`),
    ).toEqual([["KEY(id)", "name", 2, 1]]);
    expect(await run.rows("SELECT column_name, data_type, character_maximum_length FROM information_schema.columns WHERE table_schema = 'described' ORDER BY ordinal_position")).toEqual([
      ["id", "integer", null], ["name", "character varying", 8], ["doc", "super", null], ["more", "bigint", null],
    ]); // prettier-ignore
  });

  it("words an assertion's failure as a compute node does", async () => {
    const reason = await run.error(
      "SELECT CAST(CASE WHEN 1 = 1 THEN 'millrace: rows are missing' ELSE '0' END AS INTEGER)",
    );
    expect(reason).toMatch(/^ERROR: Invalid digit, Value 'm', Pos 0, Type: Integer\n/);
    expect(reason).toContain("context:   millrace: rows are missing\n");
  });

  it("sees after LOCK what was committed while it waited, and calls a conflict 1023", async () => {
    await run.must("CREATE TABLE ledger (n INT)", "INSERT INTO ledger VALUES (1)", "CREATE TABLE seen (n INT)");
    const other = new pg.Client({ connectionString: warehouse.url });
    await other.connect();
    try {
      await other.query("BEGIN; LOCK TABLE ledger; INSERT INTO ledger VALUES (2)");
      const waiting = run.batch(["LOCK ledger", "INSERT INTO seen SELECT COUNT(*) FROM ledger"]);
      await untilWaiting(other);
      await other.query("COMMIT");
      expect((await waiting).Status).toBe("FINISHED");
      expect(await run.rows("SELECT n FROM seen")).toEqual([[2]]);

      await other.query("BEGIN; UPDATE ledger SET n = 10");
      const conflicting = run.batch(["SELECT COUNT(*) FROM ledger", "UPDATE ledger SET n = 20"]);
      await untilWaiting(other);
      await other.query("COMMIT");
      expect((await conflicting).Error).toMatch(
        /^Query #2 failed with ERROR: 1023 DETAIL: Serializable isolation violation on table/,
      );
    } finally {
      await other.end();
    }
  });

  it("unloads to CSV with header, manifest and compression, and not over what is there", async () => {
    await run.must(
      "CREATE TABLE out_rows (id INT, name VARCHAR(20))",
      `INSERT INTO out_rows VALUES (1, 'a,"b"'), (2, NULL)`,
    );
    const unload =
      "UNLOAD ('SELECT * FROM out_rows ORDER BY id') TO 's3://out/p/' IAM_ROLE default CSV HEADER GZIP MANIFEST NULL AS '@'";
    expect((await run.execute(unload)).ResultRows).toBe(2);
    expect(gunzipSync(api.objects.files.get("out/p/0000_part_00.gz") ?? "").toString()).toBe(
      'id,name\n1,"a,""b"""\n2,@\n',
    );
    expect(JSON.parse(String(api.objects.files.get("out/p/manifest")))).toMatchObject({
      entries: [{ url: "s3://out/p/0000_part_00.gz" }],
    });
    expect(await run.error(unload)).toContain("is not empty");
    await run.must(`${unload} ALLOWOVERWRITE`);
  });
});

/** Waits until some session waits for a lock. */
async function untilWaiting(client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query("SELECT FROM pg_locks WHERE NOT granted");
    if ((rowCount ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
