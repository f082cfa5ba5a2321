import { UnfitValueError } from "../../core/errors.ts";
import type { TooLong } from "../../../schemas/model/column.ts";

/**
 * Value -> text of its CSV field, quoted where needed. Called once per cell: what is rare (a value that does not fit)
 * leaves by an exception or through `notes`, so that what is common stays a few instructions.
 */
export type CellEncoder = (value: unknown, notes: RowNotes) => string;

/** What one row leaves beside its cells. */
export interface RowNotes {
  /** Texts that their columns cannot hold, by warehouse column; null when there are none. */
  raw: Record<string, string | readonly string[]> | null;
  /** Cells whose column holds NULL or a replacement, and whose text is in `raw`. */
  kept: number;
  /** NUL characters that became U+2400. */
  nulsReplaced: number;
  /** Bytes that are no character of their column's set, which became U+FFFD. */
  undecodable: number;
}

export interface CellContext {
  /** Warehouse column. */
  readonly name: string;
  readonly nullMarker: string;
  readonly tooLong: TooLong;
}

/** A number that JSON.parse has already bent: the record is parsed again, with its numbers as text. */
export class LossyNumber extends Error {
  override readonly name = "LossyNumber";
}

/** The file needs another variant of its definition (variants.ts): this one cannot hold the value. */
export class VariantNeeded extends Error {
  override readonly name = "VariantNeeded";
  readonly need: { readonly kind: "nullMarker" } | { readonly kind: "width"; readonly column: string };

  constructor(need: VariantNeeded["need"]) {
    super(`the file's definition does not do: ${need.kind}`);
    this.need = need;
  }
}

/** @throws UnfitValueError that names the column, the value (cut) and what is allowed */
export function unfit(context: CellContext, value: unknown, allowed: string): never {
  const text = typeof value === "string" ? value : ((JSON.stringify(value) as string | undefined) ?? typeof value);
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  throw new UnfitValueError(`column ${context.name} cannot hold ${JSON.stringify(shown)}: ${allowed}`);
}

/** The column becomes NULL and the row keeps the text beside it. */
export function keepRaw(context: CellContext, text: string | readonly string[], notes: RowNotes): string {
  noteRaw(context, text, notes);
  notes.kept += 1;
  return context.nullMarker;
}

/** Notes a text in `_raw`. The object has no prototype: a column may be called `__proto__`. */
export function noteRaw(context: CellContext, text: string | readonly string[], notes: RowNotes): void {
  notes.raw ??= Object.create(null) as Record<string, string | readonly string[]>;
  notes.raw[context.name] = text;
}

export const noNotes = (): RowNotes => ({ raw: null, kept: 0, nulsReplaced: 0, undecodable: 0 });
