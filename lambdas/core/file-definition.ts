import { z } from "zod";
import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { FileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { ConfigurationError, MalformedInputError } from "./errors.ts";
import type { ObjectStore } from "./ports.ts";
import { definitionKey } from "./state-keys.ts";

/** Deep enough to be sure of the shape; the hash vouches for the rest. */
const stored = z.object({
  nullMarker: z.string(),
  table: z.object({ columns: z.record(z.string(), z.looseObject({ type: z.looseObject({ kind: z.string() }) })) }),
});

/**
 * How files with the given hash are to be read: the current definition, or the stored one that they were written under.
 * @throws ConfigurationError when it is nowhere to be found, MalformedInputError when it is not what its name says
 */
export async function resolveDefinition(
  hash: string,
  table: AnyTable,
  landing: Pick<ObjectStore, "bucket" | "get">,
): Promise<FileDefinition> {
  const current = fileDefinition(table);
  if (definitionHash(current) === hash) return current;
  const key = definitionKey(hash);
  const object = await landing.get(key);
  if (object === null) {
    throw new ConfigurationError(
      `${qualifiedName(table)} has files of definition ${hash}, but s3://${landing.bucket}/${key} is missing: put it back from the version that wrote them, or resync the table`,
    );
  }
  const file = readDefinition(object.body, table);
  if (file === null || definitionHash(file) !== hash) {
    throw new MalformedInputError(`s3://${landing.bucket}/${key} does not hold the definition of that hash`);
  }
  refuseClearText(file.table, table, hash);
  return file;
}

/**
 * Files written before a column was marked as personal data hold it in the clear.
 * @throws ConfigurationError that names the columns
 */
function refuseClearText(written: AnyTable, table: AnyTable, hash: string): void {
  const clear = Object.keys(written.columns).filter((name) => {
    const now = table.columns[name]?.type.kind;
    const isMarked = now === "pseudonym" || table.dropped?.[name] !== undefined;
    return isMarked && written.columns[name]?.type.kind !== "pseudonym";
  });
  if (clear.length === 0) return;
  throw new ConfigurationError(
    `${qualifiedName(table)} has files of definition ${hash} that were written before ${clear.join(", ")} became personal data: delete the objects under d=${hash} and resync the table (docs/PERSONAL-DATA.md)`,
  );
}

/** Only the columns are the stored ones: where the table lives and how it is spread is as it is now. */
function readDefinition(body: Buffer, table: AnyTable): FileDefinition | null {
  try {
    const parsed = stored.parse(JSON.parse(body.toString("utf8")));
    const columns = parsed.table.columns as unknown as AnyTable["columns"];
    return { nullMarker: parsed.nullMarker, table: { ...table, columns } };
  } catch {
    return null;
  }
}
