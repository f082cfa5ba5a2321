import ts from "typescript";
import { CommandError } from "../errors.ts";

/**
 * Edits of files that people may have changed: by their syntax, and only where it is what it should be. Anything else
 * is left as it is, with a sentence that says what to write there.
 */

const parse = (text: string): ts.SourceFile => ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);

/** Inserts texts at places of another text, given from its start. */
function insertAt(text: string, places: readonly (readonly [at: number, insert: string])[]): string {
  return [...places]
    .sort(([a], [b]) => b - a)
    .reduce((result, [at, insert]) => result.slice(0, at) + insert + result.slice(at), text);
}

function find<T extends ts.Node>(root: ts.Node, is: (node: ts.Node) => node is T): T | undefined {
  if (is(root)) return root;
  return ts.forEachChild(root, (child) => find(child, is));
}

const isImport = (node: ts.Node): node is ts.ImportDeclaration => ts.isImportDeclaration(node);
const importsOf = (file: ts.SourceFile): readonly ts.ImportDeclaration[] => file.statements.filter(isImport);
const moduleOf = (node: ts.ImportDeclaration): string =>
  ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : "";

/** Names that the file's imports bring, by the module they come from. */
export function importedNames(text: string): readonly { readonly module: string; readonly name: string }[] {
  return importsOf(parse(text)).flatMap((node) => {
    const named = node.importClause?.namedBindings;
    if (named === undefined || !ts.isNamedImports(named)) return [];
    return named.elements.map((element) => ({ module: moduleOf(node), name: element.name.text }));
  });
}

/** The first constant that the file exports. */
export function exportedConstant(text: string): string | undefined {
  for (const statement of parse(text).statements) {
    if (!ts.isVariableStatement(statement)) continue;
    if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) !== true) continue;
    const [first] = statement.declarationList.declarations;
    if (first !== undefined && ts.isIdentifier(first.name)) return first.name.text;
  }
  return undefined;
}

export interface Entry {
  /** Name to import. */
  readonly name: string;
  readonly module: string;
  /** What stands in the list: the name, or `...name`. */
  readonly element: string;
}

/**
 * Adds imports and elements of the file's one list.
 * @param file for messages
 * @throws CommandError when the file has another form
 */
export function addToList(file: string, text: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return text;
  const source = parse(text);
  const last = importsOf(source).at(-1);
  const list = find(source, ts.isArrayLiteralExpression);
  if (list === undefined) {
    const lines = entries.map(({ name, module, element }) => `  import { ${name} } from "${module}";  and  ${element}`);
    throw new CommandError(`${file} has no list of tables that could be extended. Write there:\n${lines.join("\n")}`);
  }
  const imports = entries.map(({ name, module }) => `\nimport { ${name} } from "${module}";`).join("");
  const end = list.elements.at(-1)?.getEnd() ?? list.getStart() + 1;
  const comma = list.elements.length === 0 || list.elements.hasTrailingComma ? "" : ", ";
  const elements = `${comma}${entries.map(({ element }) => element).join(", ")}`;
  const at = list.elements.hasTrailingComma ? list.getEnd() - 1 : end;
  return insertAt(text, [
    [last?.getEnd() ?? 0, last === undefined ? imports.trimStart() + "\n" : imports],
    [at, list.elements.hasTrailingComma ? ` ${elements},` : elements],
  ]);
}

/**
 * Adds columns at the end of the one definition in a file, and what their text needs of column.ts.
 * @param columns their texts, comments in front included
 * @returns null when the file is not of the form that an import writes
 */
export function addColumns(text: string, columns: readonly string[], needed: readonly string[]): string | null {
  const source = parse(text);
  const calls = source.statements.flatMap((statement) => find(statement, isDefinition) ?? []);
  const [call] = calls;
  const argument = call?.arguments[0];
  if (calls.length !== 1 || argument === undefined || !ts.isObjectLiteralExpression(argument)) return null;
  const list = argument.properties.find(
    (property) => ts.isPropertyAssignment(property) && property.name.getText() === "columns",
  );
  if (list === undefined || !ts.isPropertyAssignment(list) || !ts.isObjectLiteralExpression(list.initializer)) {
    return null;
  }
  const vocabulary = importsOf(source).find((node) => moduleOf(node).endsWith("/model/column.ts"));
  const named = vocabulary?.importClause?.namedBindings;
  if (named === undefined || !ts.isNamedImports(named)) return null;
  // A column under another name than its own would need more than adding.
  if (named.elements.some((element) => element.propertyName !== undefined)) return null;
  const there = new Set(named.elements.map((element) => element.name.text));
  const missing = needed.filter((name) => !there.has(name));
  const { properties } = list.initializer;
  const end = properties.at(-1)?.getEnd() ?? list.initializer.getStart() + 1;
  const comma = properties.length === 0 ? "" : ",";
  const importsEnd = named.elements.at(-1)?.getEnd() ?? named.getStart() + 1;
  // A trailing comma that was there follows what is inserted.
  const close = properties.hasTrailingComma ? "" : ",";
  return insertAt(text, [
    [importsEnd, missing.map((name) => `, ${name}`).join("")],
    [end, `${comma}\n${columns.join(",\n")}${close}`],
  ]);
}

const isDefinition = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "defineTable";
