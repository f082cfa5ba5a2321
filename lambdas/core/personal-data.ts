import type { AnyTable } from "../../schemas/model/table.ts";
import { hasPersonalData } from "../../schemas/model/table.ts";

/** Replaces a value that must not leave the first hop, keeping equal values equal: a keyed hash. */
export type Pseudonymise = (text: string) => string;

/** Makes a text unreadable to everybody without the key, and readable again. */
export interface Seal {
  /** @returns base64, another one each time */
  close(text: string): string;
  /** @throws MalformedInputError for what was not sealed with this key */
  open(sealed: string): string;
}

/** What is made of the key of personal data. */
export interface PersonalData {
  readonly pseudonymise: Pseudonymise;
  readonly seal: Seal;
}

const PSEUDONYM = /^[0-9a-f]{64}$/;

/** Whether a value has the form of a pseudonym: 64 lower-case hexadecimal digits. */
export const isPseudonym = (value: unknown): value is string => typeof value === "string" && PSEUDONYM.test(value);

/** Whether any of the tables needs the key. */
export const anyPersonalData = (tables: readonly AnyTable[]): boolean => tables.some(hasPersonalData);

/** Whether rows of the table are named by personal data: then no place of its own may keep a key of it in the clear. */
export function hasPersonalKey(table: AnyTable): boolean {
  return table.key !== "none" && table.key.some((name) => table.columns[name]?.type.kind === "pseudonym");
}
