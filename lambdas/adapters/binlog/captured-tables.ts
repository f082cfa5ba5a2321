import type { AnyTable } from "../../../schemas/model/table.ts";
import { qualifiedName } from "../../../schemas/naming.ts";
import type { TableId } from "../../core/capture-ports.ts";
import type { Pseudonymise } from "../../core/personal-data.ts";
import { rowRoute } from "../mysql/route.ts";
import type { RowRoute } from "../mysql/route.ts";
import type { TableName } from "./statement.ts";

export interface Captured {
  readonly table: AnyTable;
  readonly route: RowRoute;
}

/**
 * The definitions by the names that the log has for their tables. Where the server takes names in any case as the same,
 * the log has statements as they were typed and row events in lower case: both are found whatever the definition's case.
 */
export class CapturedTables {
  private readonly byName = new Map<string, Captured>();
  private readonly fold: (name: string) => string;

  constructor(tables: readonly AnyTable[], foldsNames: boolean, pseudonymise: Pseudonymise | undefined) {
    this.fold = foldsNames ? (name) => name.toLowerCase() : (name) => name;
    for (const table of tables) {
      const route = rowRoute(table, pseudonymise);
      const name = this.fold(route.table);
      if (this.byName.has(name)) throw new TypeError(`${qualifiedName(table)} is captured twice`);
      this.byName.set(name, { table, route });
    }
  }

  find({ database, table }: TableName): Captured | undefined {
    return this.byName.get(this.fold(`${database}.${table}`));
  }

  /** As its definition spells it; names of other tables as they are. */
  idOf(name: TableName): TableId {
    const captured = this.find(name);
    return captured === undefined ? { db: name.database, name: name.table } : idOf(captured);
  }

  idsIn(database: string): TableId[] {
    const folded = this.fold(database);
    return [...this.byName.values()].filter(({ table }) => this.fold(table.area.database) === folded).map(idOf);
  }
}

const idOf = ({ table }: Captured): TableId => ({ db: table.area.database, name: table.source });
