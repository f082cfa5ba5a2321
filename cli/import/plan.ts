import type { CatalogueTable, DatabaseCatalogue } from "../../lambdas/adapters/mysql/index.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { AreaPlace } from "./area.ts";
import { INDEX, areaFile, areaIndex, namesElsewhere, readIfThere, tableFile } from "./area.ts";
import { differences } from "./compare.ts";
import type { ImportedTable } from "./define.ts";
import { defineImported, tableNames } from "./define.ts";
import { addColumns, addToList } from "./edit.ts";
import { constantName } from "./names.ts";
import type { Note } from "./notes.ts";
import { columnText, commentLines, definitionText, importsOf } from "./print-definition.ts";

/** What becomes of one table. */
export interface TableOutcome {
  /** Name at the source. */
  readonly source: string;
  /** `<area>_<table>`; null for what is left out. */
  readonly table: string | null;
  readonly file: string | null;
  readonly action: "created" | "updated" | "unchanged" | "differs" | "left out";
  readonly notes: readonly Note[];
  /** Why it is left out, or how the source differs from the definition that is there. */
  readonly differences: readonly string[];
}

/** Files to write, from the folder of the checkout; nothing else is touched. */
export interface ImportPlan {
  readonly outcomes: readonly TableOutcome[];
  /** By path; the index that makes the tables known comes last. */
  readonly files: ReadonlyMap<string, string>;
}

export interface ImportInput {
  readonly root: string;
  readonly place: AreaPlace;
  readonly catalogue: DatabaseCatalogue;
  /** Source names of the tables wanted; null: all, views and the like told as left out. */
  readonly wanted: ReadonlySet<string> | null;
  /** All definitions that are there. */
  readonly definitions: readonly AnyTable[];
  /** Whether definitions that are there may get the columns they lack. */
  readonly update: boolean;
}

/** Works out what an import writes, without writing. */
export function planImport(input: ImportInput): ImportPlan {
  const { place, catalogue, wanted, definitions } = input;
  const { area } = place;
  const own = definitions.filter((table) => table.area.name === area.name);
  const defined = new Map(own.map((table) => [table.source, table]));
  // In an order of our own: the server's depends on its collation.
  const tables = [...catalogue.tables].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = tableNames(
    area.name,
    tables.map((table) => table.name),
    new Map(own.map((table) => [table.source, table.name])),
    namesElsewhere(area.name, definitions),
  );
  const files = new Map<string, string>();
  const created: { readonly name: string; readonly constant: string }[] = [];
  const outcomes = tables
    .filter((table) => wanted === null || wanted.has(table.name))
    .map((table): TableOutcome => {
      const there = defined.get(table.name);
      const name = names.get(table.name) ?? table.name;
      const known = new Map(Object.entries(there?.columns ?? {}).map(([column, { source }]) => [source, column]));
      const imported = defineImported(area, table, name, known);
      if (typeof imported === "string") return leftOut(table.name, imported);
      if (there !== undefined) return compared(input, there, table, imported, files);
      return create(input, imported, files, created);
    });
  extendIndexes(input, created, files);
  return { outcomes: [...outcomes, ...notThere(input, defined)], files };
}

const leftOut = (source: string, why: string): TableOutcome => ({
  source,
  table: null,
  file: null,
  action: "left out",
  notes: [],
  differences: [why],
});

function create(
  { root, place }: ImportInput,
  { definition, notes }: ImportedTable,
  files: Map<string, string>,
  created: { readonly name: string; readonly constant: string }[],
): TableOutcome {
  const file = tableFile(place.area.name, definition.name);
  const constant = constantName(definition.name, place.taken);
  const text = definitionText(definition, constant, place.constant, notes);
  if (place.known && readIfThere(root, file) !== undefined) {
    return leftOut(
      definition.source,
      `${file} is there and not in ${areaIndex(place.area.name)}: add it there, or remove the file`,
    );
  }
  files.set(file, text);
  created.push({ name: definition.name, constant });
  const table = qualifiedName(definition);
  return { source: definition.source, table, file, action: "created", notes, differences: [] };
}

/** A definition that is there is a person's: only columns that it lacks are added, and only when asked. */
function compared(
  { root, update, place }: ImportInput,
  there: AnyTable,
  table: CatalogueTable,
  imported: ImportedTable,
  files: Map<string, string>,
): TableOutcome {
  const file = tableFile(place.area.name, there.name);
  const { added, others } = differences(there, table, imported);
  const addedSources = new Set(added.map(([, column]) => column.source));
  const notes = imported.notes.filter(({ column }) => column !== undefined && addedSources.has(column));
  const outcome = { source: there.source, table: qualifiedName(there), file, notes };
  const lacks = added.map(([name, column]) => `the source has a column more: ${columnText(name, column)}`);
  if (added.length === 0 || !update) {
    const found = [...lacks, ...others];
    return { ...outcome, action: found.length === 0 ? "unchanged" : "differs", differences: found };
  }
  const texts = added.map(([name, column]) =>
    [...commentLines(notes.filter((note) => note.column === column.source)), columnText(name, column)].join("\n"),
  );
  const edited = addColumns(readIfThere(root, file) ?? "", texts, importsOf(added.map(([, column]) => column)));
  if (edited === null) {
    const why = `${file} is not written as an import writes it: add by hand what it lacks`;
    return { ...outcome, action: "differs", differences: [...lacks, ...others, why] };
  }
  files.set(file, edited);
  return { ...outcome, action: "updated", differences: [...lacks.map((text) => `added: ${text}`), ...others] };
}

/** Views and the like, and definitions whose table has gone; only when all of the database is asked for. */
function notThere(
  { catalogue, wanted, place }: ImportInput,
  defined: ReadonlyMap<string, AnyTable>,
): readonly TableOutcome[] {
  if (wanted !== null) return [];
  const names = new Set(catalogue.tables.map((table) => table.name));
  const gone = [...defined.values()].filter((table) => !names.has(table.source));
  return [
    ...catalogue.others.map(({ name, kind }) => leftOut(name, `it is a ${kind}: only tables have rows in the binlog`)),
    ...gone.map((table): TableOutcome => ({
      source: table.source,
      table: qualifiedName(table),
      file: tableFile(place.area.name, table.name),
      action: "differs",
      notes: [],
      differences: ["the source has no such table any more, or this user may not see it"],
    })),
  ];
}

function extendIndexes(
  { root, place }: ImportInput,
  created: readonly { readonly name: string; readonly constant: string }[],
  files: Map<string, string>,
): void {
  if (created.length === 0) return;
  const { area, constant, list, known } = place;
  const entries = created.map(({ name, constant: element }) => ({ name: element, module: `./${name}.ts`, element }));
  const index = areaIndex(area.name);
  if (known) {
    files.set(index, addToList(index, readIfThere(root, index) ?? "", entries));
    return;
  }
  const database = JSON.stringify(area.database);
  files.set(
    areaFile(area.name),
    `import type { Area } from "../../model/table.ts";\n\nexport const ${constant}: Area = { name: "${area.name}", database: ${database} };\n`,
  );
  files.set(index, addToList(index, `\nexport const ${list} = [] as const;\n`, entries));
  const entry = { name: list, module: `./${area.name}/index.ts`, element: `...${list}` };
  files.set(INDEX, addToList(INDEX, readIfThere(root, INDEX) ?? "", [entry]));
}
