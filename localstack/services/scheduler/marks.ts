import path from "node:path";
import { z } from "zod";
import { openStateFile } from "../state-file.ts";

/** Up to where each schedule's slots are dealt with, in milliseconds since 1970; survives a restart. */
export interface SlotMarks {
  get(key: string): number | undefined;
  /** Written to disk before it returns. */
  set(key: string, slot: number): void;
  /** In memory until the next `set`: a disabled schedule passes over slots every second. */
  passOver(key: string, until: number): void;
  /** Forgets all others. */
  keep(keys: readonly string[]): void;
}

export function openSlotMarks(dataDir: string): SlotMarks {
  const file = openStateFile(path.join(dataDir, "schedules.json"), z.record(z.string(), z.number()), {});
  const marks = new Map(Object.entries(file.read()));
  return {
    get: (key) => marks.get(key),
    set: (key, slot) => {
      marks.set(key, slot);
      file.write(Object.fromEntries(marks));
    },
    passOver: (key, until) => marks.set(key, until),
    keep: (keys) => {
      const kept = new Set(keys);
      for (const key of marks.keys()) if (!kept.has(key)) marks.delete(key);
    },
  };
}
