import { z } from "zod";
import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { SourceTable } from "./capture-ports.ts";
import type { ObjectStore } from "./ports.ts";
import { cascadesKey } from "./state-keys.ts";
import { readStored, toBody } from "./stored-json.ts";

const schema = z.object({ foreignKeys: z.array(z.string()) });

/** Foreign keys by which the server changes a captured table without a word in its log; those without any are left out. */
export function cascadesOf(
  tables: readonly AnyTable[],
  found: readonly SourceTable[],
): ReadonlyMap<string, readonly string[]> {
  const byName = new Map(found.map((table) => [`${table.db}.${table.name}`, table.silentForeignKeys]));
  return new Map(
    tables.flatMap((table) => {
      const keys = byName.get(`${table.area.database}.${table.source}`) ?? [];
      return keys.length === 0 ? [] : [[qualifiedName(table), keys] as const];
    }),
  );
}

/** Keeps with each table what `status` says of it. Safe to repeat: only what has changed is written. */
export async function noteCascades(
  state: Pick<ObjectStore, "get" | "put">,
  tables: readonly AnyTable[],
  found: readonly SourceTable[],
): Promise<void> {
  const now = cascadesOf(tables, found);
  await Promise.all(
    tables.map(qualifiedName).map(async (table) => {
      const foreignKeys = [...(now.get(table) ?? [])].sort();
      const known = await readCascades(state, table);
      if (known.join() === foreignKeys.join()) return;
      await state.put(cascadesKey(table), toBody({ foreignKeys }), "application/json");
    }),
  );
}

/** @returns names of the foreign keys; empty when none are known */
export async function readCascades(state: Pick<ObjectStore, "get">, table: string): Promise<readonly string[]> {
  return (await readStored(state, cascadesKey(table), schema))?.foreignKeys ?? [];
}
