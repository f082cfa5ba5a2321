import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { AnyTable, Area } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { CommandError } from "../errors.ts";
import { exportedConstant, importedNames } from "./edit.ts";
import { areaProblem, camelCase, constantName, snakeCase } from "./names.ts";
import { VOCABULARY } from "./print-definition.ts";

/** Where the definitions of a database are, or will be. */
export interface AreaPlace {
  readonly area: Area;
  /** Whether it is in schemas/sources/index.ts. */
  readonly known: boolean;
  /** The constant of area.ts, and the list of the area's index. */
  readonly constant: string;
  readonly list: string;
  /** Constants of tables that cannot be given again. */
  readonly taken: Set<string>;
}

export const SOURCES = "schemas/sources";
export const INDEX = `${SOURCES}/index.ts`;
export const areaFile = (area: string): string => `${SOURCES}/${area}/area.ts`;
export const areaIndex = (area: string): string => `${SOURCES}/${area}/index.ts`;
export const tableFile = (area: string, table: string): string => `${SOURCES}/${area}/${table}.ts`;

/**
 * The area of a database: the one that it has, else a new one.
 * @param root folder of the checkout
 * @param wanted its name. @default - made of the database's
 * @param anotherServer it is another database of the same name than the one that has an area already
 * @throws CommandError when the name cannot be an area's, or is another database's
 */
export function areaOf(
  root: string,
  database: string,
  wanted: string | undefined,
  tables: readonly AnyTable[],
  anotherServer = false,
): AreaPlace {
  const there = tables.find(({ area }) => area.database === database && (wanted ?? area.name) === area.name)?.area;
  const area = there ?? newArea(database, wanted, tables, anotherServer);
  const [ofArea, ofIndex] = [areaFile(area.name), areaIndex(area.name)].map((file) => readIfThere(root, file));
  const constant = exportedConstant(ofArea ?? "") ?? constantName(area.name, new Set(VOCABULARY));
  const list = exportedConstant(ofIndex ?? "") ?? `${camelCase(area.name)}Tables`;
  const elsewhere = importedNames(readIfThere(root, INDEX) ?? "").filter(
    ({ module }) => module !== `./${area.name}/index.ts`,
  );
  if (elsewhere.some(({ name }) => name === list)) {
    throw new CommandError(`${INDEX} has a list ${list} already: choose another name with --area.`);
  }
  const taken = new Set([...VOCABULARY, constant, list, ...importedNames(ofIndex ?? "").map(({ name }) => name)]);
  return { area, known: there !== undefined, constant, list, taken };
}

function newArea(
  database: string,
  wanted: string | undefined,
  tables: readonly AnyTable[],
  anotherServer: boolean,
): Area {
  const other = anotherServer ? undefined : tables.find(({ area }) => area.database === database)?.area;
  if (other !== undefined) {
    throw new CommandError(
      `Database ${database} is area ${other.name} already (${SOURCES}/${other.name}): leave --area out, or name that one. If it is a database of another server, say --another-server.`,
    );
  }
  const name = wanted ?? snakeCase(database);
  const problem = areaProblem(name);
  if (problem !== null) {
    const whose = wanted === undefined ? ` (made of the database's name, ${database})` : "";
    throw new CommandError(`${problem}${whose}. Name the area with --area NAME.`);
  }
  const same = tables.find(({ area }) => area.name === name)?.area;
  if (same !== undefined) {
    throw new CommandError(`Area ${name} is database ${same.database} already: choose another name with --area.`);
  }
  return { name, database };
}

/** Names below the area that would end in the same `<area>_<table>` as a table of another area. */
export function namesElsewhere(area: string, tables: readonly AnyTable[]): ReadonlySet<string> {
  return new Set(
    tables
      .filter((table) => table.area.name !== area && qualifiedName(table).startsWith(`${area}_`))
      .map((table) => qualifiedName(table).slice(area.length + 1)),
  );
}

export function readIfThere(root: string, file: string): string | undefined {
  const at = path.join(root, file);
  return existsSync(at) ? readFileSync(at, "utf8") : undefined;
}
