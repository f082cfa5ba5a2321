import type { S3Location } from "../copy/options.ts";
import type { Cursor } from "../cursor.ts";
import { SqlError, UnsupportedSqlError } from "../errors.ts";

/** Reads `'s3://bucket/key'`. */
export function readS3Location(c: Cursor): S3Location {
  const url = c.string();
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url);
  const [bucket, key] = [match?.[1], match?.[2]];
  if (bucket === undefined || key === undefined)
    throw new SqlError(`'${url}' is no S3 location: the local Redshift stand-in reads and writes s3://bucket/key only`);
  return { bucket, key };
}

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;

/** Reads what follows IAM_ROLE. */
export function readIamRole(c: Cursor): string {
  if (c.accept("default")) return "default";
  const role = c.string();
  if (role.split(",").every((arn) => ROLE.test(arn.trim()))) return role;
  throw new SqlError(`Invalid IAM role '${role}': expected arn:aws:iam::<account>:role/<name>`);
}

const KEYS = ["credentials", "access_key_id", "secret_access_key", "session_token", "with"];

/** Keys in SQL text are refused here, as they should be everywhere. */
export function refuseKeys(c: Cursor): void {
  if (c.atAny(...KEYS)) throw new UnsupportedSqlError(`${c.peek().raw} in COPY or UNLOAD`, "Authorize with IAM_ROLE.");
}

/** One ASCII character, as DELIMITER and QUOTE take. */
export function readCharacter(c: Cursor, option: string): string {
  c.accept("as");
  const text = c.string();
  if (text.length !== 1 || text.charCodeAt(0) > 127)
    throw new SqlError(`COPY ${option} must be a single ASCII character`);
  return text;
}

/** The text of NULL AS; `'\N'` is taken as it is written, although a backslash escapes elsewhere. */
export function readNullAs(c: Cursor): string {
  c.accept("as");
  const raw = c.peek().raw;
  const text = c.string();
  if (text.includes("\0")) throw new UnsupportedSqlError("NULL AS with a NUL byte");
  return raw === "'\\N'" ? "\\N" : text;
}
