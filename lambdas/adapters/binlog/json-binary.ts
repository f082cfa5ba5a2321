import type { ColumnWriter } from "./column-writers.ts";
import { UnsupportedColumnError } from "../mysql/errors.ts";

export function writeJsonColumn(name: string, _meta: number): ColumnWriter {
  throw new UnsupportedColumnError(name, "JSON is not read yet");
}
