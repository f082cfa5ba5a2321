import { FRACTION, floatSteps } from "../../schemas/sql/reconcile/cells.ts";
import type { FloatStep } from "../../schemas/sql/reconcile/cells.ts";
import type { ByteWriter } from "../core/byte-writer.ts";

/** See FloatStep: the same exact operations as in SQL. */
export function floatText(value: number, bits: 32 | 64): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  const step = stepOf(magnitude, bits === 32 ? STEPS_32 : STEPS_64);
  const y = step.times.reduce((product, factor) => product * factor, magnitude) / step.over;
  const whole = Math.floor(y);
  // Beyond 2^53 a number's own text has fewer digits than it has.
  const shown = Number.isSafeInteger(whole) ? String(whole) : BigInt(whole).toString();
  return `${value < 0 ? "-" : ""}${shown}.${(y - whole) * FRACTION}e${step.k}`;
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

export function floatCell(bits: 32 | 64) {
  return (out: ByteWriter, from: Buffer, start: number, end: number): void => {
    const value = Number(from.toString("latin1", start, end));
    out.ascii(floatText(bits === 32 ? Math.fround(value) : value, bits));
  };
}
