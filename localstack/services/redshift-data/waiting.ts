import { isOver, type Statement } from "./statement.ts";

/** Lets calls with WaitTimeSeconds hang until their statement is over. */
export class Waiting {
  readonly #listeners = new Map<string, Set<() => void>>();

  changed(statement: Statement): void {
    if (!isOver(statement)) return;
    for (const listener of this.#listeners.get(statement.id) ?? []) listener();
    this.#listeners.delete(statement.id);
  }

  /** Resolves when the statement is over or the seconds have passed, whichever is first. */
  async until(statement: Statement, seconds: number | undefined): Promise<void> {
    if (seconds === undefined || isOver(statement)) return;
    const listeners = this.#listeners.get(statement.id) ?? new Set();
    this.#listeners.set(statement.id, listeners);
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        listeners.delete(end);
        resolve();
      };
      const timer = setTimeout(end, seconds * 1000);
      listeners.add(end);
    });
  }
}
