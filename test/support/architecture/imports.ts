import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

export const ROOT = join(import.meta.dirname, "../../..");

/** One source file as far as the rules look at it. */
export interface SourceFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  /** Files of this repository it imports, relative to the repository. */
  readonly files: readonly string[];
  /** Packages and Node's own modules it imports; a module of a package counts as the package. */
  readonly packages: readonly string[];
  readonly readsEnvironment: boolean;
  readonly lines: number;
}

/** Parses imports, re-exports and dynamic imports, of types as well: what is named must be there. */
export function parseSource(path: string, text: string): SourceFile {
  const files: string[] = [];
  const packages: string[] = [];
  let readsEnvironment = false;
  const visit = (node: ts.Node): void => {
    const name = importedName(node);
    if (name !== undefined) {
      if (name.startsWith(".")) files.push(join(path, "..", name).replaceAll("\\", "/"));
      else packages.push(packageOf(name));
    }
    if (ts.isPropertyAccessExpression(node) && node.getText(source).replaceAll(/\s/g, "") === "process.env") {
      readsEnvironment = true;
    }
    node.forEachChild(visit);
  };
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  visit(source);
  return { path, files, packages, readsEnvironment, lines: text.trimEnd().split("\n").length };
}

function importedName(node: ts.Node): string | undefined {
  const specifier =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : undefined;
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

function packageOf(name: string): string {
  if (name.startsWith("node:")) return name;
  const parts = name.split("/");
  return parts.slice(0, name.startsWith("@") ? 2 : 1).join("/");
}

/** Every TypeScript file below the folders. */
export function readSources(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return parseSource(relative(ROOT, file).replaceAll("\\", "/"), readFileSync(file, "utf8"));
      }),
  );
}
