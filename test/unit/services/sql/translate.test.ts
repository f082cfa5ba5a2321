import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SqlError } from "../../../../localstack/services/sql/errors.ts";
import { translate } from "../../../../localstack/services/sql/statements/index.ts";

/** What PostgreSQL is to run; a query's text, or all texts of a command. */
function sqlOf(text: string): string {
  const plan = translate(text);
  if (plan.kind === "query" || plan.kind === "unload") return plan.sql;
  return plan.kind === "command" ? plan.sqls.join(";\n") : plan.kind;
}
const select = (expression: string): string => sqlOf(`SELECT ${expression} AS x`).replace(/^SELECT /, "").replace(/ AS "x"$/, ""); // prettier-ignore

describe("expressions", () => {
  it.each([
    ["B + 1 * -2", '"b" + 1 * - 2'],
    ['"Case"', '"case"'],
    [
      "a BETWEEN 1 AND 2 AND b NOT IN (1, 2) OR c IS NOT NULL",
      '"a" BETWEEN 1 AND 2 AND "b" NOT IN (1, 2) OR "c" IS NOT NULL',
    ],
    ["name LIKE 'a\\\\_%' ESCAPE '\\\\'", "\"name\" LIKE 'a\\_%' ESCAPE '\\'"],
    ["CASE WHEN a THEN 'x' ELSE NULL END", "CASE WHEN \"a\" THEN 'x' ELSE NULL END"],
    ["CASE a WHEN 1 THEN 2 END", 'CASE "a" WHEN 1 THEN 2 END'],
    ["NVL(a, 0)", 'coalesce("a", 0)'],
    ["NVL2(a, 1, 2)", '(CASE WHEN ("a") IS NOT NULL THEN 1 ELSE 2 END)'],
    ["DECODE(a, NULL, 'n', 'o')", "(CASE WHEN (\"a\") IS NOT DISTINCT FROM (NULL) THEN 'n' ELSE 'o' END)"],
    ["CHARINDEX('a', b)", "strpos(\"b\", 'a')"],
    ["GETDATE()", "redshift.getdate()"],
    ["SYSDATE", "redshift.sysdate()"],
    ["CURRENT_DATE", "redshift.today()"],
    ["DATEADD(mon, -1, d)", "redshift.dateadd('month', - 1, \"d\")"],
    ["DATEDIFF('day', a, b)", 'redshift.datediff(\'day\', "a", "b")'],
    ["EXTRACT(yr FROM d)", "CAST(floor(redshift.date_part('year', \"d\")) AS integer)"],
    ["a::varchar(10)", 'CAST(redshift.cut("a", 10) AS character varying(10))'],
    ["CAST(a AS VARCHAR(MAX))", 'CAST(redshift.cut("a", 65535) AS character varying(65535))'],
    ["CAST(a AS NUMERIC)", 'CAST("a" AS numeric(18,0))'],
    ["CAST('x' AS VARBYTE)", "redshift.as_varbyte('x')"],
    ["CAST(1 AS SUPER)", "redshift.as_super(1)"],
    ["DATE '2024-01-31'", "CAST('2024-01-31' AS date)"],
    ["TRIM(BOTH 'x' FROM a)", "btrim(\"a\", 'x')"],
    ["SUBSTRING(a FROM 2 FOR 3)", 'redshift.substring("a", 2, 3)'],
    ["COUNT(DISTINCT a)", 'count(DISTINCT "a")'],
    ["APPROXIMATE COUNT(DISTINCT a)", 'count(DISTINCT "a")'],
    [
      "LISTAGG(a, ',') WITHIN GROUP (ORDER BY b DESC)",
      'redshift.listagg_result(string_agg(redshift.cut("a", 65535), \',\' ORDER BY "b" DESC))',
    ],
    ["PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a)", 'percentile_cont(0.5) WITHIN GROUP (ORDER BY "a")'],
    ["ROW_NUMBER() OVER (PARTITION BY a ORDER BY b)", 'row_number() OVER (PARTITION BY "a" ORDER BY "b")'],
    ["MAX(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING)", 'max("a") OVER (ORDER BY "b" ROWS UNBOUNDED PRECEDING)'],
    ["SUM(a) OVER (PARTITION BY b)", 'redshift.sum("a") OVER (PARTITION BY "b")'],
    ["LAG(a, 1) OVER (ORDER BY b)", 'lag("a", 1) OVER (ORDER BY "b")'],
    ["EXISTS (SELECT 1 FROM t)", 'EXISTS (SELECT 1 FROM "t")'],
    ["a = ANY (SELECT b FROM t)", '"a" = ANY (SELECT "b" FROM "t")'],
    ["OBJECT('a', 1)", "redshift.compact(json_build_object('a', 1))"],
    ["INTERVAL '1 day'", "INTERVAL '1 day'"],
    ["'it''s; -- $1'", "'it''s; -- $1'"],
  ])("%s", (redshift, postgres) => {
    expect(select(redshift)).toBe(postgres);
  });

  it.each([
    ["PG_SLEEP(1)", "function PG_SLEEP() is not supported"],
    ["pg_catalog.pg_sleep(1)", "function pg_catalog.pg_sleep() is not supported"],
    ["FNV_HASH(a)", "function FNV_HASH() is not supported"],
    ["LAG(a, 1, 0) OVER (ORDER BY b)", "takes 1 to 2 arguments, and 3 were given"],
    ["SUM(a) OVER (ORDER BY b)", "require a frame clause"],
    ["FIRST_VALUE(a) OVER (ORDER BY b)", "require a frame clause"],
    ["SUM(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING)", "RANGE frames are not supported by Redshift"],
    ["SUM(a) OVER w", "named windows"],
    ["COUNT(*) FILTER (WHERE a)", "FILTER (WHERE ...) is not supported by Redshift"],
    ["ROW_NUMBER()", "requires an OVER clause"],
    ["a IS DISTINCT FROM b", "IS DISTINCT FROM is not supported by Redshift"],
    ["ARRAY[1, 2]", "ARRAY[ ]"],
    ["(a)[0]", "[ ] after what is no column"],
    ["a[-1]", "syntax error"],
    ["a['b']", "syntax error"],
    ["CURRENT_TIMESTAMP", "leader node only"],
    ["CAST(a AS JSONB)", "type JSONB is not supported"],
    ["CAST(a AS CONSTRUCTOR)", 'type "CONSTRUCTOR" does not exist'],
    ["CAST(a AS VARCHAR(70000))", "cannot exceed 65535"],
    ["DATEDIFF(week, a, b)", "datepart week in DATEDIFF"],
    ["DATEDIFF(fortnight, a, b)", "invalid datepart fortnight"],
    ["EXTRACT(ms FROM a)", "datepart millisecond in DATE_PART"],
    [":missing", "parameter :missing is used and not given"],
    ["a ->> 'b'", "syntax error"],
    ["a COLLATE x", "COLLATE is not supported"],
    ["1 BETWEEN SYMMETRIC 2 AND 1", "BETWEEN SYMMETRIC"],
    ["user.name", "syntax error"],
  ])("refuses %s", (expression, sentence) => {
    expect(() => translate(`SELECT ${expression} AS x`)).toThrow(sentence);
  });
});

describe("ways into a SUPER column", () => {
  it.each([
    ["SELECT a[0].B FROM t", 'SELECT redshift.member(redshift.element("a", 0), \'b\') AS "b" FROM "t"'],
    ['SELECT a."order"[2] FROM t', 'SELECT redshift.element(redshift.member("a", \'order\'), 2) AS "order" FROM "t"'],
    ["SELECT a.b, t.c FROM t", 'SELECT redshift.member("a", \'b\') AS "b", "t"."c" FROM "t"'],
    ["SELECT x.a.b FROM s.t AS x", 'SELECT redshift.member("x"."a", \'b\') AS "b" FROM "s"."t" AS "x"'],
    ["SELECT s.t.a.b, t.c FROM s.t", 'SELECT redshift.member("s"."t"."a", \'b\') AS "b", "t"."c" FROM "s"."t"'],
    [
      "SELECT COUNT(*) FROM t WHERE a.b IS NULL",
      'SELECT count(*) AS "count" FROM "t" WHERE redshift.member("a", \'b\') IS NULL',
    ],
    [
      "UPDATE t SET c = JSON_SIZE(a.c) WHERE t.d = 1",
      'UPDATE "t" SET "c" = redshift.json_size(redshift.member("a", \'c\')) WHERE "t"."d" = 1',
    ],
    ["WITH w AS (SELECT 1 AS a) SELECT w.a FROM w", 'WITH "w" AS (SELECT 1 AS "a") SELECT "w"."a" FROM "w"'],
    ["DELETE FROM s.t USING u WHERE s.t.a = u.a", 'DELETE FROM "s"."t" USING "u" WHERE "s"."t"."a" = "u"."a"'],
  ])("%s", (redshift, postgres) => {
    expect(sqlOf(redshift)).toBe(postgres);
  });
});

describe("queries", () => {
  it.each([
    ["SELECT TOP 3 a FROM t ORDER BY a", 'SELECT "a" FROM "t" ORDER BY "a" LIMIT 3'],
    ["SELECT a FROM t MINUS SELECT b FROM u", 'SELECT "a" FROM "t" EXCEPT SELECT "b" FROM "u"'],
    ["(SELECT 1) UNION ALL (SELECT 2) LIMIT 1", "(SELECT 1) UNION ALL (SELECT 2) LIMIT 1"],
    [
      "WITH x (a) AS (SELECT 1) SELECT * FROM x, y AS z (b) WHERE x.a = z.b",
      'WITH "x" ("a") AS (SELECT 1) SELECT * FROM "x", "y" AS "z" ("b") WHERE "x"."a" = "z"."b"',
    ],
    [
      "SELECT a FROM s.t JOIN u USING (a) FULL OUTER JOIN v ON TRUE CROSS JOIN w",
      'SELECT "a" FROM "s"."t" JOIN "u" USING ("a") FULL JOIN "v" ON TRUE CROSS JOIN "w"',
    ],
    [
      "SELECT a, COUNT(*) FROM t GROUP BY ROLLUP (a) HAVING COUNT(*) > 1 ORDER BY 1 NULLS FIRST",
      'SELECT "a", count(*) AS "count" FROM "t" GROUP BY ROLLUP ("a") HAVING count(*) > 1 ORDER BY 1 NULLS FIRST',
    ],
    ["SELECT t.* FROM (SELECT 1 AS a) t", 'SELECT "t".* FROM (SELECT 1 AS "a") AS "t"'],
    ["SELECT * FROM sys_load_error_detail", 'SELECT * FROM "redshift"."sys_load_error_detail"'],
    ["SELECT * FROM information_schema.columns", 'SELECT * FROM "redshift"."information_schema_columns"'],
  ])("%s", (redshift, postgres) => {
    expect(sqlOf(redshift)).toBe(postgres);
  });

  it("names result columns as Redshift does where the translation would rename them", () => {
    const sql = sqlOf(
      "SELECT LISTAGG(a), CAST(t.b AS VARCHAR(5)), c::char(2), NVL(d, 0), LEFT(e, 1) || 'x', SYSDATE, a FROM t",
    );
    expect(sql.match(/ AS "\w+"/g)).toEqual([' AS "listagg"', ' AS "b"', ' AS "c"', ' AS "nvl"', ' AS "sysdate"']);
  });

  it.each([
    ["SELECT DISTINCT ON (a) a FROM t", "DISTINCT ON"],
    ["SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1", "QUALIFY"],
    ["SELECT a FROM t FOR UPDATE", "FOR UPDATE"],
    ["SELECT a INTO #x FROM t", "SELECT INTO"],
    ["SELECT * FROM LATERAL (SELECT 1) x", "LATERAL"],
    ["SELECT * FROM (VALUES (1)) v", "VALUES in FROM"],
    ["SELECT * FROM generate_series(1, 2)", "function generate_series() in FROM"],
    ["SELECT * FROM pg_class", "system view pg_class"],
    ["SELECT * FROM pg_catalog.pg_proc", "system view pg_proc"],
    ["SELECT * FROM stl_query", "system view stl_query"],
    ["SELECT * FROM redshift.load_errors", "schema redshift"],
    ["SELECT a FROM t INTERSECT ALL SELECT a FROM t", "INTERSECT ALL"],
    ["WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x", "needs a list of its column names"],
    ["SELECT a FROM a.b.c", "cross-database reference"],
    ["SELECT 1; SELECT 2", 'syntax error at or near "SELECT"'],
    ["SELECT FROM t", 'syntax error at or near "FROM"'],
    ["SELECT * FROM t TABLESAMPLE SYSTEM (1)", "TABLESAMPLE is not supported by Redshift"],
    ["SELECT a FROM t FETCH FIRST 1 ROW ONLY", "FETCH FIRST"],
  ])("refuses %s", (sql, sentence) => {
    expect(() => translate(sql)).toThrow(sentence);
  });
});

describe("statements", () => {
  it("makes tables with their byte limits, and keeps what Redshift keeps", () => {
    const sql =
      sqlOf(`CREATE TABLE IF NOT EXISTS s.t (id BIGINT NOT NULL ENCODE az64, name VARCHAR(20) ENCODE zstd DEFAULT 'x', n INT IDENTITY(0, 1),
      doc SUPER, PRIMARY KEY (id), FOREIGN KEY (n) REFERENCES u (id)) DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (id, name)`);
    expect(sql).toContain(
      `CREATE TABLE IF NOT EXISTS "s"."t" ("id" bigint NOT NULL, "name" character varying(20) DEFAULT 'x',`,
    );
    expect(sql).toContain('CHECK (octet_length("name") <= 20)');
    expect(sql).toContain('"doc" json');
    expect(sql).not.toContain("FOREIGN KEY");
    expect(sql).toContain('"distkey":"id"');
  });

  it.each([
    [
      "CREATE TEMP TABLE x (LIKE s.t INCLUDING DEFAULTS)",
      'CREATE TEMP TABLE "x" (LIKE "s"."t" INCLUDING CONSTRAINTS INCLUDING DEFAULTS)',
    ],
    ["CREATE TABLE #x AS SELECT 1 AS a", 'CREATE TEMP TABLE "#x" AS SELECT 1 AS "a"'],
    ["LOCK s.t", 'LOCK TABLE "s"."t" IN ACCESS EXCLUSIVE MODE'],
    ["TRUNCATE TABLE s.t", 'TRUNCATE "s"."t"'],
    ["COMMENT ON COLUMN s.t.a IS 'it''s'", `COMMENT ON COLUMN "s"."t"."a" IS 'it''s'`],
    ["INSERT INTO s.t (a) VALUES (1), (DEFAULT)", 'INSERT INTO "s"."t" ("a") VALUES (1), (DEFAULT)'],
    ["INSERT INTO s.t SELECT * FROM u", 'INSERT INTO "s"."t" SELECT * FROM "u"'],
    [
      "UPDATE s.t AS x SET a = y.a FROM y WHERE x.id = y.id",
      'UPDATE "s"."t" AS "x" SET "a" = "y"."a" FROM "y" WHERE "x"."id" = "y"."id"',
    ],
    [
      "DELETE FROM t USING u, (SELECT 1 AS id) v WHERE t.id = u.id",
      'DELETE FROM "t" USING "u", (SELECT 1 AS "id") AS "v" WHERE "t"."id" = "u"."id"',
    ],
    [
      "WITH c AS (SELECT 1 AS id) DELETE FROM t USING c WHERE t.id = c.id",
      'WITH "c" AS (SELECT 1 AS "id") DELETE FROM "t" USING "c" WHERE "t"."id" = "c"."id"',
    ],
    [
      "MERGE INTO s.t USING u x ON s.t.id = x.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.id)",
      'MERGE INTO "s"."t" USING "u" AS "x" ON "s"."t"."id" = "x"."id" WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES ("x"."id")',
    ],
    ["GRANT SELECT ON ALL TABLES IN SCHEMA s TO ROLE analysts", "accepted"],
    ["CREATE USER bob PASSWORD DISABLE", "accepted"],
    ["SET query_group TO 'loads'", "accepted"],
  ])("%s", (redshift, postgres) => {
    expect(sqlOf(redshift)).toBe(postgres);
  });

  it.each([
    ["CREATE TABLE t (a INT CHECK (a > 0))", "CHECK constraints"],
    ["CREATE TABLE t (a VARCHAR(10) ENCODE az64)", "does not take varchar"],
    ["CREATE TABLE t (a INT) SORTKEY (b)", 'column "b" named in the sort key does not exist'],
    ["CREATE TABLE t (a SUPER) DISTKEY (a)", "cannot be part of a distribution key"],
    ["CREATE TABLE t (a INT) DISTSTYLE KEY", "needs a DISTKEY column"],
    ["CREATE TABLE t (timestamp INT)", 'syntax error at or near "timestamp"'],
    ["CREATE TABLE IF NOT EXISTS t AS SELECT 1", "IF NOT EXISTS ... AS"],
    ["CREATE INDEX i ON t (a)", "statement CREATE INDEX"],
    ["CREATE FUNCTION f() RETURNS int", "statement CREATE FUNCTION"],
    ["CREATE MATERIALIZED VIEW v AS SELECT 1", "MATERIALIZED VIEW"],
    ["CALL f()", "statement CALL"],
    ["DO $$ BEGIN END $$", "statement DO"],
    ["EXPLAIN SELECT 1", "statement EXPLAIN"],
    ["BEGIN", "BEGIN is refused: the Data API"],
    ["COMMIT", "COMMIT is refused"],
    ["INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT"],
    ["INSERT INTO t VALUES (1) RETURNING a", "RETURNING"],
    ["DELETE FROM t x WHERE x.a = 1", "has no alias"],
    ["UPDATE t SET (a, b) = (1, 2)", "SET (a, b)"],
    ["UPDATE t SET t.a = 1", "stands without its table"],
    ["DELETE FROM pg_catalog.pg_class", "changing schema pg_catalog"],
    ["DROP TABLE redshift.load_errors", "changing schema redshift"],
    ["LOCK t IN SHARE MODE", "takes no mode"],
    ["ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT", "IF NOT EXISTS"],
    ["ALTER TABLE t ADD COLUMN a INT NOT NULL", "non-null default"],
    ["ALTER TABLE t ALTER COLUMN a TYPE BIGINT", "size of VARCHAR columns only"],
    ["ALTER TABLE t APPEND FROM u", "APPEND"],
    ["SET work_mem TO 1", "SET work_mem"],
    ["", "the statement is empty"],
    [" ; ", "the statement is empty"],
  ])("refuses %j", (sql, sentence) => {
    expect(() => translate(sql)).toThrow(sentence);
  });

  it.each([
    ["MERGE INTO t AS x USING u ON x.a = u.a", "no alias for its target"],
    ["MERGE INTO t USING (SELECT 1) u ON t.a = u.a", "a subquery is refused"],
    ["MERGE INTO t USING u ON t.a = u.a WHEN MATCHED AND u.b THEN DELETE", "AND conditions"],
    ["MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "wants both"],
    ["MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT VALUES (1)", "WHEN MATCHED first"],
    [
      "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN DELETE",
      "NOT MATCHED BY",
    ],
    [
      "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1) WHEN MATCHED THEN DELETE",
      "one WHEN MATCHED",
    ],
    ["MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DO NOTHING", "syntax error"],
    ["WITH u AS (SELECT 1) MERGE INTO t USING u ON t.a = u.a", "syntax error"],
  ])("refuses what Redshift's MERGE refuses: %s", (sql, sentence) => {
    expect(() => translate(sql)).toThrow(sentence);
  });

  it("says what cannot run in a transaction with others", () => {
    const standing = (sql: string) => translate(sql).standing;
    expect(standing("ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(20)")).toBe("alone");
    expect(standing("VACUUM t")).toBe("alone");
    expect(standing("TRUNCATE t")).toBe("commits");
    expect(standing("ALTER TABLE t ADD COLUMN a INT")).toBe("anywhere");
  });
});

describe("any text", () => {
  it("is translated or refused with a sentence, never anything else", () => {
    const words = fc.constantFrom(
      ..."select from where t . , ( ) * = 'x' 1 and or not case when then else end as over order by union all create table insert into values update set delete merge using on matched with copy :: int + - null between in is cast count interval exists join left group having limit".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 25 }), (parts) => {
        try {
          translate(parts.join(" "));
        } catch (error) {
          if (!(error instanceof SqlError)) throw error;
          expect(error.message.length).toBeGreaterThan(5);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("never lets a literal or a parameter out of its quotes", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes("\0")),
        (value) => {
          const plan = translate("SELECT :p AS x", { values: new Map([["p", value]]), used: new Set() });
          expect(plan).toMatchObject({ sql: `SELECT '${value.replaceAll("'", "''")}' AS "x"` });
        },
      ),
    );
  });
});
