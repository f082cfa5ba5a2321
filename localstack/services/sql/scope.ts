import { displayName, type ObjectName } from "./identifiers.ts";

/**
 * What stands before a dot: a relation, or a SUPER column that is navigated. Only all of a statement's FROM clauses tell,
 * and they come after its select list: so a statement is read, and read once more if it turns out to navigate.
 */
export class Scope {
  readonly #relations = new Set<string>();
  readonly #references: (readonly string[])[] = [];
  #navigates = false;

  /** A table, under its name and under its schema's. */
  declare(object: ObjectName): void {
    this.#relations.add(object.name).add(displayName(object));
  }

  declareAlias(name: string): void {
    this.#relations.add(name);
  }

  /**
   * @param parts folded names between dots
   * @returns how many of them name the column; those that follow lead into it (none, until the statement is known to navigate)
   */
  columnPart(parts: readonly string[]): number {
    this.#references.push(parts);
    return this.#navigates ? this.#lengthOf(parts) : parts.length;
  }

  #lengthOf(parts: readonly string[]): number {
    const [first = "", second = ""] = parts;
    if (parts.length > 1 && this.#relations.has(first)) return 2;
    return parts.length > 2 && this.#relations.has(`${first}.${second}`) ? 3 : 1;
  }

  /** @returns whether the statement, all of which has been read, leads into a column and is to be read again */
  findNavigation(): boolean {
    this.#navigates = this.#references.some((parts) => this.#lengthOf(parts) < parts.length);
    return this.#navigates;
  }
}
