import { Cursor } from "../cursor.ts";
import { SqlError, UnsupportedSqlError } from "../errors.ts";
import type { UnloadPlan } from "../plan.ts";
import { query } from "../query.ts";
import type { UnloadOptions } from "../unload/options.ts";
import { readCharacter, readIamRole, readNullAs, readS3Location, refuseKeys } from "./s3-clause.ts";

type Reading = { -readonly [K in keyof UnloadOptions]: UnloadOptions[K] } & { csv: boolean };

const OPTIONS: Readonly<Record<string, (c: Cursor, o: Reading) => void>> = {
  iam_role: (c, o) => (o.iamRole = readIamRole(c)),
  csv: (_, o) => (o.csv = true),
  format: (c) => {
    c.accept("as");
    if (!c.at("csv")) throw new UnsupportedSqlError(`UNLOAD FORMAT ${c.peek().raw}`, "It writes CSV.");
  },
  delimiter: (c, o) => (o.delimiter = readCharacter(c, "DELIMITER")),
  null: (c, o) => (o.nullAs = readNullAs(c)),
  header: (_, o) => (o.header = true),
  gzip: (_, o) => (o.gzip = true),
  manifest: (_, o) => (o.manifest = true),
  allowoverwrite: (_, o) => (o.allowOverwrite = true),
  parallel: (c, o) =>
    (o.parallel = !(c.accept("off") || c.accept("false")) && (c.accept("on"), c.accept("true"), true)),
  extension: (c, o) => (o.extension = c.string()),
  region: (c) => (c.accept("as"), void c.string()),
};

/** UNLOAD ('query') TO 's3://bucket/prefix' authorization and options. */
export function unload(c: Cursor): UnloadPlan {
  c.expect("unload");
  const text = c.parenthesised(() => c.string());
  c.expect("to");
  const options: Reading = {
    to: readS3Location(c), csv: false, iamRole: "", delimiter: ",", nullAs: "", header: false, gzip: false,
    manifest: false, allowOverwrite: false, parallel: true, extension: null,
  }; // prettier-ignore
  while (!c.ended && !c.atOperator(";")) {
    refuseKeys(c);
    const token = c.next();
    const option = token.kind === "word" && Object.hasOwn(OPTIONS, token.value) ? OPTIONS[token.value] : undefined;
    if (option === undefined) throw new UnsupportedSqlError(`UNLOAD option ${token.raw}`);
    option(c, options);
  }
  if (options.iamRole === "")
    throw new SqlError("UNLOAD needs authorization: IAM_ROLE default | 'arn:aws:iam::<account>:role/<name>'");
  if (!options.csv) throw new UnsupportedSqlError("UNLOAD to delimited text", "Say FORMAT AS CSV.");
  const sql = Cursor.read(text, c.parameters, (inner) => {
    const read = query(inner);
    inner.expectEnd();
    return read;
  });
  return { kind: "unload", tag: "UNLOAD", standing: "anywhere", sql, options };
}
