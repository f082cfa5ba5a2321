import type { Operation, RecordSource } from "../core/record.ts";
import { recordVersion } from "../core/record.ts";
import type { Version } from "../core/version.ts";

/** Digits of the row number and of the side at the end of a version, and the point before them. */
const TAIL = 11;

/**
 * recordVersion, fast: rows of one event share all of their version but its end, so the beginning is kept. A test
 * compares it with recordVersion.
 */
export function versionWriter(defaultEpoch: number): (op: Operation, source: RecordSource) => Version {
  let file = "";
  let pos = -1;
  let epoch = -1;
  let prefix = "";
  return (op, source) => {
    const { row } = source;
    const itsEpoch = source.epoch ?? defaultEpoch;
    const side = op === "c" || op === "u" ? "1" : op === "d" ? "0" : null;
    if (side !== null && pos === source.pos && file === source.file && epoch === itsEpoch && row < 100_000_000) {
      return `${prefix}.${String(row).padStart(8, "0")}.${side}`;
    }
    const version = recordVersion(op, source, defaultEpoch);
    ({ file, pos } = source);
    epoch = itsEpoch;
    prefix = version.slice(0, -TAIL);
    return version;
  };
}
