import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { preflight } from "../../../lambdas/capture-snapshot/preflight.ts";
import { PreflightError } from "../../../lambdas/core/errors.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import type { RunOptions } from "../options.ts";
import { parseSourceUrl } from "../source/connection.ts";
import type { SourceAccess } from "../source/connection.ts";
import { checkDump } from "../source/dump.ts";
import { refuseUnlessEmpty, requireTables, tablesAt } from "./source-fill.ts";

/** Looks at what was given before anything is started: a sentence now is better than one in a minute. */
export async function checkInputs(options: RunOptions, definitions: readonly AnyTable[]): Promise<void> {
  if (options.sourceSql !== null) await checkDump(options.sourceSql);
  if (options.sourceUrl === null) return;
  const access = parseSourceUrl(options.sourceUrl);
  const tables = await tablesAt(access, definitions);
  if (options.writes) await refuseUnlessEmpty(access);
  else requireTables(tables, definitions, access);
  await checkCapture(access, options.writes ? [] : tables);
}

/** The same checks that the copy begins with on AWS. @throws PreflightError with every problem and its fix */
async function checkCapture(
  { host, port, username, password }: SourceAccess,
  tables: readonly AnyTable[],
): Promise<void> {
  const source = await connectSource({ host, port, user: username, password, tls: "off" });
  try {
    const databases = [...new Set(tables.map((table) => table.area.database))];
    const found = databases.length === 0 ? [] : await source.describeTables(databases);
    const { problems } = preflight(await source.facts(), found, tables);
    if (problems.length > 0) throw new PreflightError(problems);
  } finally {
    await source.close();
  }
}
