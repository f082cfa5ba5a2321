import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { startRedshift, type Redshift } from "./run.ts";

// Bounds a hang; nothing here waits for time to pass.
jest.setTimeout(60_000);

const ROLE = "IAM_ROLE 'arn:aws:iam::000000000000:role/copy'";

describe("COPY", () => {
  let redshift: Redshift;
  let api: Redshift["api"];
  let run: Redshift["run"];
  const manifest = (...entries: { url: string; mandatory?: boolean }[]) =>
    api.objects.put("s3://in/manifest", JSON.stringify({ entries }));

  beforeAll(async () => {
    redshift = await startRedshift();
    ({ api, run } = redshift);
    await run.must(
      "CREATE TABLE loaded (id INT NOT NULL, name VARCHAR(5), price NUMERIC(6,2), at TIMESTAMP, bin VARBYTE(4), doc SUPER)",
    );
  }, 60_000);
  afterAll(() => redshift.stop());
  beforeEach(async () => {
    api.objects.files.clear();
    await run.must("DELETE FROM loaded");
  });

  it("loads compressed files by manifest and keeps NULL, '' and text apart", async () => {
    api.objects.put("s3://in/1.gz", gzipSync('1,"a""b",1.239,2024-01-31 10:00:00,6162,"{""k"": 1}"\n2,@,,@,@,@\n'));
    api.objects.put("s3://in/2.gz", gzipSync('3,"",-7.5,2024-02-29,"","[1.10]"'));
    manifest(
      { url: "s3://in/1.gz", mandatory: true },
      { url: "s3://in/2.gz", mandatory: true },
      { url: "s3://in/gone.gz", mandatory: false },
    );
    const outcome = await run.batch([
      `COPY loaded FROM 's3://in/manifest' ${ROLE} MANIFEST CSV GZIP NULL AS '@' COMPUPDATE OFF STATUPDATE OFF`,
      "SELECT pg_last_copy_count()",
      "SELECT loaded_rows, status FROM sys_load_history WHERE query_id = pg_last_copy_id()",
    ]);
    expect(outcome.SubStatements?.map(({ Status, ResultRows }) => [Status, ResultRows])).toEqual([
      ["FINISHED", 3],
      ["FINISHED", 1],
      ["FINISHED", 1],
    ]);
    expect(await run.rows("SELECT id, name, price, at, TO_HEX(bin), doc FROM loaded ORDER BY id")).toEqual([
      [1, 'a"b', "1.23", "2024-01-31 10:00:00", "6162", '{"k":1}'],
      [2, null, null, null, null, null],
      [3, "", "-7.50", "2024-02-29 00:00:00", "", "[1.10]"],
    ]);
    expect(
      await run.rows("SELECT table_name, loaded_rows, source_file_count, error_count, status FROM sys_load_history"),
    ).toEqual([["loaded", 3, 2, 0, "completed"]]);
  });

  it("records every bad line up to MAXERROR and one more, and loads nothing then", async () => {
    api.objects.put("s3://in/bad", "1,ok,1,,,\n2,toolong,1,,,\nx,a,1,,,\n4,b\n,c,1,,,\n6,ok,1,,,\n");
    const copy = `COPY loaded FROM 's3://in/bad' ${ROLE} CSV`;
    expect(await run.error(`${copy} MAXERROR 2`)).toBe(
      "ERROR: Load into table 'loaded' failed. Check 'sys_load_error_detail' system table for details.",
    );
    expect(await run.rows("SELECT COUNT(*) FROM loaded")).toEqual([[0]]);
    const errors = (limit: number) =>
      run.rows(`SELECT line_number, column_name, error_code, error_message, file_name FROM sys_load_error_detail
        WHERE query_id = (SELECT MAX(query_id) FROM sys_load_error_detail) ORDER BY line_number LIMIT ${limit}`);
    const all = [
      [2, "name", 1204, "String length exceeds DDL length", "s3://in/bad"],
      [3, "id", 1207, "Invalid digit, Value 'x', Pos 0, Type: Integer", "s3://in/bad"],
      [4, "name", 1214, "Delimiter not found", "s3://in/bad"],
      [5, "id", 1213, "Missing data for not-null field", "s3://in/bad"],
    ];
    expect(await errors(9)).toEqual(all.slice(0, 3));
    expect((await run.execute(`${copy} MAXERROR 4`)).ResultRows).toBe(2);
    expect(await errors(9)).toEqual(all);
    expect(
      await run.rows("SELECT raw_line, raw_field_value FROM stl_load_errors WHERE line_number = 3 LIMIT 1"),
    ).toEqual([["x,a,1,,,", "x"]]);
    expect((await run.execute(`${copy} NOLOAD MAXERROR 10`)).ResultRows).toBe(0);
    expect(await run.rows("SELECT id FROM loaded ORDER BY id")).toEqual([[1], [6]]);
  });

  it("keeps a failed load's records although its transaction is gone", async () => {
    api.objects.put("s3://in/one", "x,a,1,,,\n");
    const outcome = await run.batch([
      "INSERT INTO loaded (id) VALUES (9)",
      `COPY loaded FROM 's3://in/one' ${ROLE} CSV`,
    ]);
    expect(outcome.SubStatements?.map(({ Status }) => Status)).toEqual(["FINISHED", "FAILED"]);
    expect(await run.rows("SELECT COUNT(*) FROM loaded")).toEqual([[0]]);
    const [[status, count] = []] = await run.rows(
      "SELECT status, error_count FROM sys_load_history ORDER BY query_id DESC LIMIT 1",
    );
    expect([status, count]).toEqual(["aborted", 1]);
  });

  it("takes columns, headers, other delimiters, zstd, prefixes and identities", async () => {
    await run.must("CREATE TABLE counted (n BIGINT IDENTITY(0, 1), a VARCHAR(5), b INT)");
    api.objects.put("s3://in/part1", zstdCompressSync("b|a\n1|x\n"));
    api.objects.put("s3://in/part2", zstdCompressSync("b|a\n2|'y|z'\n"));
    await run.must(
      `COPY counted (b, a) FROM 's3://in/part' ${ROLE} CSV ZSTD IGNOREHEADER 1 DELIMITER '|' QUOTE AS ''''`,
    );
    expect(await run.rows("SELECT n, a, b FROM counted ORDER BY b")).toEqual([
      [0, "x", 1],
      [1, "y|z", 2],
    ]);
    expect(await run.error(`COPY counted (n, a) FROM 's3://in/part' ${ROLE} CSV`)).toContain('IDENTITY column "n"');
    expect(await run.error(`COPY counted (q) FROM 's3://in/part' ${ROLE} CSV`)).toContain(
      'column "q" of relation "counted" does not exist',
    );
  });

  it("names what is wrong with the files themselves", async () => {
    const error = (from: string, options = "") =>
      run.error(`COPY loaded FROM 's3://in/${from}' ${ROLE} CSV ${options}`);
    expect(await error("none")).toBe("ERROR: The specified S3 prefix 'none' does not exist");
    expect(await error("none", "MANIFEST")).toContain(
      "Problem reading manifest file - S3ServiceException:The specified key does not exist.",
    );
    api.objects.put("s3://in/manifest", "no json");
    expect(await error("manifest", "MANIFEST")).toContain("is not JSON");
    manifest({ url: "s3://in/gone", mandatory: true });
    expect(await error("manifest", "MANIFEST")).toContain(
      "Mandatory url is not present in manifest file: s3://in/gone",
    );
    api.objects.put("s3://in/cut.gz", gzipSync("1,a,1,,,\n".repeat(1000)).subarray(0, 30));
    expect(await error("cut.gz", "GZIP")).toMatch(/Failed to read s3:\/\/in\/cut\.gz: .*unexpected end of file/);
    expect(await run.error(`COPY nowhere FROM 's3://in/x' ${ROLE} CSV`)).toContain('relation "nowhere" does not exist');
  });
});
