import { shapeHash } from "../../schemas/hash.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { BinlogEvent } from "../core/capture-ports.ts";
import type { PositionLostError } from "../core/errors.ts";
import { noteLeftOut } from "../core/left-out.ts";
import type { LeftOut } from "../core/left-out.ts";
import type { Now, ObjectStore, Telemetry } from "../core/ports.ts";
import { wishResync } from "../core/table-facts.ts";
import type { Position } from "../core/version.ts";

/**
 * What change capture finds out about tables that the log alone cannot make right: each becomes a wish for a resync
 * (lambdas/core/table-facts.ts), written down before the checkpoint moves past it.
 */
export interface DriftPorts {
  readonly state: Pick<ObjectStore, "get" | "putIfAbsent" | "putIfMatch">;
  readonly now: Now;
}

type Ddl = Extract<BinlogEvent, { kind: "ddl" }>;

/** A statement that may have changed stored rows without row events: what was copied before it does not hold any more. */
export async function wishAfterStatement(
  table: AnyTable,
  event: Ddl,
  epoch: number,
  { state, now }: DriftPorts,
): Promise<void> {
  await wishResync(state, {
    id: `${event.verb}-${event.place.file}-${event.place.pos}`,
    table: qualifiedName(table),
    reason: "altered",
    // Not the statement itself: its defaults and conditions may be personal data.
    detail: `${event.verb.toUpperCase()} at ${event.place.file}:${event.place.pos}`,
    since: new Date(now()).toISOString(),
    position: { epoch, file: event.next.file, pos: event.next.pos },
  });
}

/** The source's history does not go on from the checkpoint: every table may have changes in the part that is lost. */
export async function wishForAll(
  tables: readonly AnyTable[],
  error: PositionLostError,
  { epoch, file, pos }: Position,
  { state, now }: DriftPorts,
): Promise<void> {
  const since = new Date(now()).toISOString();
  const id = `lost-${epoch}-${file}-${pos}`;
  for (const table of tables) {
    const name = qualifiedName(table);
    const detail = error.message;
    await wishResync(state, { id, table: name, reason: error.kind, detail, since, position: null });
  }
}

/**
 * Rows that their table's definition cannot take. They are left out, the table's loads stand still, and the others go
 * on: `noteLeftOut` keeps up to where, so that a copy behind it is known to bring them.
 */
export class LeftOutRows {
  readonly #epoch: number;
  readonly #ports: DriftPorts & { readonly telemetry: Pick<Telemetry, "error"> };
  /** Newest one of each table, with the reasons told already. */
  readonly #newest = new Map<string, LeftOut>();
  readonly #unsaved = new Set<string>();

  constructor(epoch: number, ports: DriftPorts & { readonly telemetry: Pick<Telemetry, "error"> }) {
    this.#epoch = epoch;
    this.#ports = ports;
  }

  add({ table, place, reason: hindrance }: Extract<BinlogEvent, { kind: "left-out" }>): void {
    const name = qualifiedName(table);
    const known = this.#newest.get(name);
    const reason = whatToDo(table, hindrance);
    if (known?.reason !== reason) {
      this.#ports.telemetry.error("rows of a table are left out", { table: name, reason });
    }
    this.#newest.set(name, {
      reason,
      definition: shapeHash(table),
      since: new Date(this.#ports.now()).toISOString(),
      position: { epoch: this.#epoch, ...place },
    });
    this.#unsaved.add(name);
  }

  async save(): Promise<void> {
    for (const name of [...this.#unsaved]) {
      const leftOut = this.#newest.get(name);
      this.#unsaved.delete(name);
      if (leftOut !== undefined) await noteLeftOut(this.#ports.state, name, leftOut);
    }
  }
}

function whatToDo(table: AnyTable, hindrance: string): string {
  const source = `${table.area.database}.${table.source}`;
  const file = `schemas/sources/${table.area.name}/${table.name}.ts`;
  return (
    `${source} was changed at the source: ${hindrance}. Change ${file} to match and deploy, or change the table back; ` +
    `then it is resynced by itself, or at once by \`millrace resync ${qualifiedName(table)}\``
  );
}
