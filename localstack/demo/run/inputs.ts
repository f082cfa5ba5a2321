import { connectSource } from "../../../lambdas/adapters/mysql/index.ts";
import { preflight } from "../../../lambdas/capture-snapshot/preflight.ts";
import { lackingOn, unreadableTables } from "../../../lambdas/capture-snapshot/privileges.ts";
import { accountOf } from "../../../lambdas/core/account.ts";
import { PreflightError } from "../../../lambdas/core/errors.ts";
import type { ServerFacts } from "../../../lambdas/core/capture-ports.ts";
import type { AnyTable } from "../../../schemas/model/table.ts";
import { classicmodels } from "../../../schemas/sources/classicmodels/area.ts";
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
  await checkCapture(access, options, tables, definitions);
}

const TO_FILL = ["SELECT", "CREATE", "INSERT", "UPDATE", "DELETE", "REFERENCES"];

/** @throws PreflightError naming what the user may not do, with the GRANT */
function requireRightsToFill(facts: ServerFacts): void {
  const { database } = classicmodels;
  const lacking = lackingOn(database, TO_FILL, facts).join(", ");
  if (lacking === "") return;
  throw new PreflightError([
    `--fill needs ${lacking} on ${database}.*, which user ${facts.user} lacks. Run: GRANT ${lacking} ON ${database}.* TO ${accountOf(facts.user)}.`,
  ]);
}

/** The same checks that the copy begins with on AWS. @throws PreflightError with every problem and its fix */
async function checkCapture(
  access: SourceAccess,
  options: RunOptions,
  tables: readonly AnyTable[],
  definitions: readonly AnyTable[],
): Promise<void> {
  const { host, port, username, password } = access;
  const source = await connectSource({ host, port, user: username, password, tls: "off" });
  try {
    const facts = await source.facts();
    if (options.writes) requireRightsToFill(facts);
    // What the user may not read is not shown to it, and would be said to be missing.
    const hidden = tables.length === 0 ? unreadableTables(facts, definitions) : [];
    if (!options.writes && hidden.length === 0) requireTables(tables, definitions, access);
    const checked = options.writes ? [] : [...tables, ...hidden];
    const databases = [...new Set(checked.map((table) => table.area.database))];
    const { problems } = preflight(facts, await source.describeTables(databases), checked);
    if (problems.length > 0) throw new PreflightError(problems);
  } finally {
    await source.close();
  }
}
