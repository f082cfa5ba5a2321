import { ConfigurationError } from "../../core/errors.ts";
import type { RowRoute, Treatment } from "./route.ts";
import type { ByteWriter } from "../../core/byte-writer.ts";
import { writeJsonText } from "./values/json-string.ts";

const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;

/**
 * The frame of a table's row texts: `,"name":` per column (`{"name":` for the first that travels), and where each field
 * of the row written last is, from which its key is copied.
 */
export class ImageLayout {
  /** By column; null: the column is left out. */
  readonly prefixes: readonly (Buffer | null)[];
  readonly treatments: readonly (Treatment | null)[];
  readonly anyTreatment: boolean;
  /** Start of each column's field in the writer, and the end of the last. */
  readonly starts: Int32Array;
  /** Columns that the definition does not know; they travel all the same, unless the route leaves them out. */
  readonly unknown: readonly string[];
  private readonly key: readonly number[];

  /**
   * @param names columns in the order in which they are written; columns that a row image lacks are not among them
   * @param readable false: the type cannot be captured, and no definition asks for the column
   * @throws ConfigurationError when a column of the key is not there; any other is NULL at the other end
   */
  constructor(route: RowRoute, names: readonly string[], readable: readonly boolean[]) {
    const missing = route.key.filter((name) => !names.includes(name));
    if (missing.length > 0) {
      throw new ConfigurationError(
        `Rows of ${route.table} come without ${missing.join(", ")}, which the definition has in its key: bring the column back, or change the definition's key`,
      );
    }
    let open = "{";
    this.treatments = names.map((name, i) => (readable[i] === false ? "drop" : (route.treatments.get(name) ?? null)));
    this.prefixes = names.map((name, i) => {
      if (this.treatments[i] === "drop") return null;
      const prefix = Buffer.from(`${open}${JSON.stringify(name)}:`);
      open = ",";
      return prefix;
    });
    this.anyTreatment = this.treatments.some((t) => t !== null);
    this.unknown = names.filter((name) => !route.required.has(name) && route.treatments.get(name) !== "drop");
    this.starts = new Int32Array(names.length + 1);
    this.key = route.key.map((name) => names.indexOf(name));
  }

  /** Closes the row text. */
  close(out: ByteWriter, begin: number): void {
    this.starts[this.prefixes.length] = out.pos;
    if (out.pos === begin) out.byte(OPEN);
    out.byte(CLOSE);
  }

  /** The key of the row written last, `{"pk":value,...}`; null for tables without one. */
  keyText(out: ByteWriter): string | null {
    if (this.key.length === 0) return null;
    const start = out.pos;
    for (let i = 0; i < this.key.length; i += 1) {
      const column = this.key[i] as number;
      // One byte on: past the brace or comma that opens the field.
      const from = (this.starts[column] as number) + 1;
      const to = this.starts[column + 1] as number;
      out.byte(i === 0 ? OPEN : COMMA);
      out.ensure(to - from);
      out.slice(out.buf, from, to);
    }
    out.byte(CLOSE);
    const text = out.text(start);
    out.pos = start;
    return text;
  }

  /** Applies the column's treatment to the field just written, whose value starts at `value`. NULL stays NULL. */
  treat(column: number, out: ByteWriter, start: number, value: number): void {
    const treatment = this.treatments[column] as Treatment;
    if (treatment === "drop") {
      out.pos = start;
      return;
    }
    const text = out.text(value);
    if (text === "null") return;
    out.pos = value;
    writeJsonText(out, treatment(text.startsWith('"') ? (JSON.parse(text) as string) : text));
  }
}
