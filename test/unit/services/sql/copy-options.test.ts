import { describe, expect, it } from "@jest/globals";
import { translate } from "../../../../localstack/services/sql/statements/index.ts";

const ROLE = "IAM_ROLE 'arn:aws:iam::000000000000:role/copy'";

describe("COPY", () => {
  it("reads its options in any order", () => {
    const plan =
      translate(`COPY s.t (a, "B") FROM 's3://bucket/key.manifest' ${ROLE} GZIP MANIFEST FORMAT AS CSV QUOTE AS '"' DELIMITER ','
      NULL AS '\\N' IGNOREHEADER 1 MAXERROR AS 5 TIMEFORMAT 'auto' DATEFORMAT AS 'auto' ACCEPTINVCHARS '^' TRUNCATECOLUMNS EMPTYASNULL
      BLANKSASNULL COMPUPDATE OFF STATUPDATE OFF REGION AS 'us-east-1' ROUNDEC EXPLICIT_IDS`);
    expect(plan).toMatchObject({
      kind: "copy",
      table: { schema: "s", name: "t" },
      columns: ["a", "b"],
      options: {
        from: { bucket: "bucket", key: "key.manifest" }, manifest: true, compression: "gzip", nullAs: "\\N", ignoreHeader: 1, maxError: 5,
        replaceInvalid: "^", truncateColumns: true, emptyAsNull: true, blanksAsNull: true, roundDecimals: true, explicitIds: true, region: "us-east-1",
      }, // prettier-ignore
    });
    expect(translate("COPY t FROM 's3://b/k' IAM_ROLE default CSV")).toMatchObject({
      columns: null,
      options: { iamRole: "default", compression: "none", nullAs: "\\N" },
    });
  });

  it.each([
    ["COPY t FROM 's3://b/k' CSV", "COPY needs authorization"],
    [`COPY t FROM 's3://b/k' ${ROLE}`, "delimited text"],
    [`COPY t FROM 's3://b/k' ${ROLE} FORMAT AS PARQUET`, "COPY FORMAT PARQUET"],
    [`COPY t FROM 's3://b/k' ${ROLE} FORMAT JSON 'auto'`, "COPY FORMAT JSON"],
    ["COPY t FROM 's3://b/k' ACCESS_KEY_ID 'x' SECRET_ACCESS_KEY 'y' CSV", "Authorize with IAM_ROLE"],
    ["COPY t FROM 's3://b/k' IAM_ROLE 'me' CSV", "Invalid IAM role 'me'"],
    [`COPY t FROM 'emr://c/x' ${ROLE} CSV`, "no S3 location"],
    [`COPY t FROM 's3://b/k' ${ROLE} CSV LZOP`, "COPY option LZOP"],
    [`COPY t FROM 's3://b/k' ${ROLE} CSV CONSTRUCTOR`, "COPY option CONSTRUCTOR"],
    [`COPY t FROM 's3://b/k' ${ROLE} CSV DELIMITER '||'`, "single ASCII character"],
    [`COPY t FROM 's3://b/k' ${ROLE} CSV DELIMITER '"'`, "must be different"],
    [`COPY t FROM 's3://b/k' ${ROLE} CSV MAXERROR 1000000`, "over its limit"],
    [`COPY t FROM 's3://b/k' ${ROLE} CSV TIMEFORMAT 'epochsecs'`, "COPY TIMEFORMAT 'epochsecs'"],
    ["COPY redshift.load_errors FROM 's3://b/k' IAM_ROLE default CSV", "changing schema redshift"],
  ])("refuses %s", (sql, sentence) => {
    expect(() => translate(sql)).toThrow(sentence);
  });
});

describe("UNLOAD", () => {
  it("translates its query and reads its options", () => {
    expect(
      translate(
        `UNLOAD ('SELECT NVL(a, ''x'') FROM t') TO 's3://b/p/' ${ROLE} FORMAT AS CSV HEADER GZIP MANIFEST ALLOWOVERWRITE PARALLEL OFF NULL AS '@'`,
      ),
    ).toMatchObject({
      kind: "unload",
      sql: `SELECT coalesce("a", 'x') AS "nvl" FROM "t"`,
      options: {
        to: { bucket: "b", key: "p/" },
        header: true,
        gzip: true,
        manifest: true,
        allowOverwrite: true,
        parallel: false,
        nullAs: "@",
      },
    });
  });

  it.each([
    [`UNLOAD ('SELECT 1') TO 's3://b/p' ${ROLE} FORMAT PARQUET`, "UNLOAD FORMAT PARQUET"],
    [`UNLOAD ('DELETE FROM t') TO 's3://b/p' ${ROLE} CSV`, "syntax error"],
    [`UNLOAD ('SELECT 1') TO 's3://b/p' ${ROLE} CSV ENCRYPTED`, "UNLOAD option ENCRYPTED"],
  ])("refuses %s", (sql, sentence) => {
    expect(() => translate(sql)).toThrow(sentence);
  });
});
