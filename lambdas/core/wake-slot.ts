/** Slot of a moment: wake-ups of one table in one slot are one message. */
export const slotOf = (milliseconds: number, slotSeconds: number): number =>
  Math.floor(milliseconds / (slotSeconds * 1000));
