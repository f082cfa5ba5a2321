import type { AnyTable } from "../../../schemas/model/table.ts";
import { anyPersonalData } from "../../core/personal-data.ts";
import type { PersonalData } from "../../core/personal-data.ts";
import { readPersonalDataKey } from "../secrets/index.ts";
import { personalDataOf } from "./index.ts";

/**
 * Reads the key when it is first needed, once for each execution environment; not at all when no table has personal
 * data. A failure is not kept: the next invocation asks again.
 */
export function personalDataReader(
  secretId: string,
  tables: readonly AnyTable[],
  read: (secretId: string) => Promise<string> = readPersonalDataKey,
): () => Promise<PersonalData | undefined> {
  let kept: Promise<PersonalData> | undefined;
  return async () => {
    if (!anyPersonalData(tables)) return undefined;
    kept ??= read(secretId).then(personalDataOf);
    try {
      return await kept;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  };
}
