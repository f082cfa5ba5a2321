import { FRACTION, floatSteps } from "../../schemas/sql/reconcile/cells.ts";
import type { FloatStep } from "../../schemas/sql/reconcile/cells.ts";
import type { ByteWriter } from "../core/byte-writer.ts";

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const E = 0x65;

/** See FloatStep: the same exact operations as in SQL. */
function writeFloatText(out: ByteWriter, value: number, bits: 32 | 64): void {
  if (value === 0) {
    out.byte(ZERO);
    return;
  }
  const magnitude = Math.abs(value);
  const { k, times } = stepOf(magnitude, bits === 32 ? STEPS_32 : STEPS_64);
  const y = magnitude * times[0] * times[1];
  const whole = Math.floor(y);
  if (value < 0) out.byte(MINUS);
  // Beyond 2^53 a number's own text has fewer digits than it has.
  if (Number.isSafeInteger(whole)) out.integer(whole);
  else out.ascii(BigInt(whole).toString());
  out.byte(POINT);
  out.integer((y - whole) * FRACTION);
  out.byte(E);
  out.integer(k);
}

/** The values of most tables are above 1 and below 2^60: the search starts there. */
function stepOf(magnitude: number, steps: readonly FloatStep[]): FloatStep {
  let at = -(steps[0] as FloatStep).k;
  while (at > 0 && magnitude < (steps[at - 1] as FloatStep).below) at -= 1;
  while (at < steps.length - 1 && magnitude >= (steps[at] as FloatStep).below) at += 1;
  return steps[at] as FloatStep;
}

const STEPS_32 = floatSteps(32);
const STEPS_64 = floatSteps(64);

/** The cell of a float: the record has it as a JSON number. */
export function floatCell(bits: 32 | 64) {
  return (out: ByteWriter, from: Buffer, start: number, end: number): void => {
    const value = Number(from.toString("latin1", start, end));
    writeFloatText(out, bits === 32 ? Math.fround(value) : value, bits);
  };
}
