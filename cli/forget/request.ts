import type { Pseudonymise } from "../../lambdas/core/personal-data.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { tables } from "../../schemas/sources/index.ts";
import { CommandError } from "../errors.ts";
import type { Sought } from "./person.ts";
import { byColumn, byKey } from "./person.ts";

/** @throws CommandError naming what is defined */
export function tableNamed(name: string, defined: readonly AnyTable[] = tables): AnyTable {
  const table = defined.find((candidate) => qualifiedName(candidate) === name);
  if (table !== undefined) return table;
  throw new CommandError(`No such table: ${name}. Defined are ${defined.map(qualifiedName).join(", ")}.`);
}

/**
 * Everything that a command line asks to be erased; the person's own row last, so that a run that broke off before it
 * still finds whom it was about.
 * @param also `<area>_<table>.<column>`
 */
export function soughtRows(
  table: AnyTable,
  key: readonly string[],
  also: readonly string[],
  pseudonymise: Pseudonymise | undefined,
  defined: readonly AnyTable[] = tables,
): readonly Sought[] {
  const own = byKey(table, key, pseudonymise);
  if (also.length > 0 && key.length !== 1) {
    throw new CommandError(
      `--also names the column that holds the key; the key of ${qualifiedName(table)} has several.`,
    );
  }
  const others = also.map((name) => {
    const [of = "", column = "", ...rest] = name.split(".");
    if (column === "" || rest.length > 0) {
      throw new CommandError(`--also takes <area>_<table>.<column>, not '${name}'.`);
    }
    return byColumn(tableNamed(of, defined), column, key[0] ?? "", pseudonymise);
  });
  return [...others, own];
}
