import path from "node:path";
import type { Catalogue } from "../lambdas/adapters/mysql/index.ts";
import {
  MysqlAccessError,
  MysqlConnectionError,
  openCatalogue,
  parseMysqlUrl,
} from "../lambdas/adapters/mysql/index.ts";
import { accountOf } from "../lambdas/core/account.ts";
import { tables as definitions } from "../schemas/sources/index.ts";
import { CommandError } from "./errors.ts";
import { areaOf } from "./import/area.ts";
import { nearNames } from "./import/names.ts";
import { planImport } from "./import/plan.ts";
import { importText, nextSteps } from "./import/report.ts";
import { writePlan } from "./import/write.ts";

export interface ImportOptions {
  /** Source names, comma separated. @default - all tables of the database */
  readonly tables?: string;
  /** @default - made of the database's name */
  readonly area?: string;
  /** Adds columns that definitions which are there lack. */
  readonly update?: boolean;
  /** The database has the name of one of another server; needs `area`. */
  readonly anotherServer?: boolean;
  readonly json?: boolean;
}

/** The checkout that this command is part of. */
const ROOT = path.resolve(import.meta.dirname, "..");

/** `millrace import mysql://...`: writes the definitions of a database's tables. Reads the database only. */
export async function importDatabase(
  url: string,
  options: ImportOptions,
  print: (text: string) => void,
  say: (text: string) => void,
): Promise<void> {
  const { database: named, ...target } = parseMysqlUrl(url);
  if (options.anotherServer === true && options.area === undefined) {
    throw new CommandError("--another-server needs --area NAME: the database's own name is taken.");
  }
  if (target.user === "") {
    throw new CommandError("The source URL names no user: write it as mysql://user:password@host:3306/database.");
  }
  say(`Reading the catalogue of ${target.host}:${target.port} ...`);
  // Without a database: that there is none of this name is then ours to say, with those that there are.
  const catalogue = await openCatalogue(target).catch((cause: unknown) => {
    throw unreachable(cause);
  });
  try {
    const database = databaseIn(catalogue, named);
    const place = areaOf(ROOT, database, options.area, definitions, options.anotherServer);
    say(`Reading database ${database} ...`);
    const found = await catalogue.read(database);
    if (found.tables.length + found.others.length === 0) {
      throw new CommandError(
        `Database ${database} has no table that ${catalogue.user} may see. If it has some: GRANT SELECT ON \`${database}\`.* TO ${accountOf(catalogue.user)}`,
      );
    }
    const wanted = options.tables === undefined ? null : tablesIn(options.tables, found, database);
    const plan = planImport({
      root: ROOT,
      place,
      catalogue: found,
      wanted,
      definitions,
      update: options.update === true,
    });
    const files = await writePlan(ROOT, plan);
    const next = nextSteps(plan.outcomes, withoutPassword(url));
    const report = { area: place.area.name, database, tables: plan.outcomes, files, next };
    print(options.json === true ? JSON.stringify(report) : importText(report));
  } finally {
    catalogue.close();
  }
}

/** The captures' sentences speak of the stage's secret; here it is the URL that is wrong. */
function unreachable(cause: unknown): unknown {
  if (cause instanceof MysqlAccessError) {
    const reason = cause.message.replace(/ Check the source's secret\.?$/, "");
    return new CommandError(`${reason} Correct the user, password or tls of the source URL.`, { cause });
  }
  if (cause instanceof MysqlConnectionError) {
    return new CommandError(`${cause.message}: start the server, or correct host and port of the source URL.`, {
      cause,
    });
  }
  return cause;
}

/** The database's name as the server writes it. */
function databaseIn({ databases, caseSensitive, user }: Catalogue, named: string | undefined): string {
  const seen = databases.length === 0 ? "none" : databases.join(", ");
  if (named === undefined) {
    throw new CommandError(
      `The source URL names no database: write it as mysql://user:password@host:3306/database. ${user} sees: ${seen}.`,
    );
  }
  const found =
    databases.find((name) => name === named) ??
    (caseSensitive ? undefined : databases.find((name) => name.toLowerCase() === named.toLowerCase()));
  if (found !== undefined) return found;
  const near = nearNames(named, databases);
  throw new CommandError(
    `There is no database ${named}, or ${user} has no right to it (it sees: ${seen}).` +
      `${near.length === 0 ? "" : ` Is it ${near.join(" or ")}?`} Otherwise: GRANT SELECT ON \`${named}\`.* TO ${accountOf(user)}`,
  );
}

/** @throws CommandError with near names for each table that is not there */
function tablesIn(
  text: string,
  { tables, others }: Awaited<ReturnType<Catalogue["read"]>>,
  database: string,
): ReadonlySet<string> {
  const names = text.split(",").map((name) => name.trim());
  const known = tables.map((table) => table.name);
  const problems = names.flatMap((name) => {
    if (known.includes(name)) return [];
    const other = others.find((object) => object.name === name);
    if (other !== undefined) return [`${name} is a ${other.kind}: only tables can be captured.`];
    const near = nearNames(name, known);
    return [`No table ${name} in database ${database}.${near.length === 0 ? "" : ` Is it ${near.join(" or ")}?`}`];
  });
  if (problems.length > 0) throw new CommandError(problems.join("\n"));
  return new Set(names);
}

/** The URL to go on with: terminals are scrolled through and logged. */
function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== "") parsed.password = "PASSWORD";
  parsed.pathname = "";
  return parsed.href;
}
