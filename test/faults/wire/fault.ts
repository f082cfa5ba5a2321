/** The wires that calls of the functions cross, each with a proxy of the harness on it. */
export type Wire = "aws" | "kafka" | "mysql" | "warehouse";

/**
 * What can happen to a call at its crossing:
 * - `refused`: answered with 503, SlowDown, throttling or error 1023 without being forwarded
 * - `unsent`: the connection breaks before anything is forwarded
 * - `unanswered`: forwarded and done, and the connection breaks before the answer: a time-out after the commit
 * - `severed`: the answer breaks off in its middle
 * - `killed-before`, `killed-after`: SIGKILL for the calling process before the call is forwarded, or once it is done
 * - `engine-killed`: SIGKILL for the engine behind the wire, which is then started again on its data
 */
export type Kind = "refused" | "unsent" | "unanswered" | "severed" | "killed-before" | "killed-after" | "engine-killed";

/** A fault that waits for its call. */
export interface Trap {
  readonly wire: Wire;
  readonly call: RegExp;
  readonly kind: Kind;
  /** Which of the matching calls is hit first, from 1. */
  readonly nth: number;
  /** How many calls in a row are hit. */
  readonly times: number;
  /** Bytes of a severed answer that still pass. */
  readonly bytes: number;
  /** Ends the process that calls. */
  readonly kill: () => void;
}

/**
 * What all proxies ask at each call. One trap at a time: the harness knows which invocation it is set for, so a hit
 * is that invocation's.
 */
export class Traps {
  #trap: Trap | null = null;
  #seen = 0;
  #hits = 0;
  /** Ends and restarts the engine behind a wire; set by the world. */
  crash: (wire: Wire) => void = () => undefined;

  set(trap: Trap): void {
    this.#trap = trap;
    this.#seen = 0;
    this.#hits = 0;
  }

  /** Takes the trap away. @returns how many calls it has hit */
  clear(): number {
    this.#trap = null;
    return this.#hits;
  }

  /** How many calls the trap has hit so far. */
  get hits(): number {
    return this.#hits;
  }

  /** @returns the trap when this call is to be hit */
  hit(wire: Wire, call: string): Trap | null {
    const trap = this.#trap;
    if (trap === null || trap.wire !== wire || !trap.call.test(call)) return null;
    this.#seen += 1;
    if (this.#seen < trap.nth || this.#hits >= trap.times) return null;
    this.#hits += 1;
    return trap;
  }
}
