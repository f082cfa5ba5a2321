import { describe, expect, it } from "@jest/globals";
import { resolveDefinition } from "../../../lambdas/core/file-definition.ts";
import { definitionKey } from "../../../lambdas/core/state-keys.ts";
import { definitionHash, fileDefinition } from "../../../schemas/hash.ts";
import { column, varchar } from "../../../schemas/model/column.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { persons } from "../../support/people.ts";

describe("files of an older definition", () => {
  const stored = async (table: AnyTable) => {
    const landing = memoryStore("landing");
    const file = fileDefinition(table);
    const hash = definitionHash(file);
    await landing.put(definitionKey(hash), Buffer.from(JSON.stringify(file)));
    return { landing, hash };
  };

  it("are read by it", async () => {
    const older: AnyTable = { ...persons, columns: { ...persons.columns, town: column("town", varchar(5)) } };
    const { landing, hash } = await stored(older);
    expect(Object.keys((await resolveDefinition(hash, persons, landing)).table.columns)).toContain("town");
  });

  it("are refused when they hold in the clear what is personal data now", async () => {
    const columns = { ...persons.columns, name: column("fullName", varchar(5)), phone: column("phone", varchar(5)) };
    const { landing, hash } = await stored({ ...persons, columns });
    await expect(resolveDefinition(hash, persons, landing)).rejects.toThrow(
      `were written before name, phone became personal data: delete the objects under d=${hash}`,
    );
  });
});
