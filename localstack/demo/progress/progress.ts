/** Tells the person who waits what a step is doing just now. */
export type Say = (text: string) => void;

export interface Step<T> {
  readonly title: string;
  readonly work: (say: Say) => Promise<T>;
}

/** What each of several steps has given. */
export type Results<S extends Readonly<Record<string, Step<unknown>>>> = {
  [Name in keyof S]: S[Name] extends Step<infer T> ? T : never;
};

/** How a run shows itself: always on standard error, since standard output belongs to the report. */
export interface Progress {
  /** Runs one step and shows it. */
  step<T>(title: string, work: (say: Say) => Promise<T>): Promise<T>;
  /**
   * Runs steps side by side. When one fails, `onFailure` is told so that it can end the others; the failure is thrown
   * once all have ended, so that nothing goes on behind its back.
   */
  together<const S extends Readonly<Record<string, Step<unknown>>>>(
    steps: S,
    onFailure: (error: unknown) => void,
  ): Promise<Results<S>>;
  /** A line of its own. */
  note(text: string): void;
}

/** Draws the steps while `run` is at work. */
export type ShowSteps = (
  steps: readonly { readonly title: string; readonly run: Step<unknown>["work"] }[],
) => Promise<void>;

/** The rules of running steps, over any way to show them. */
export function createProgress(show: ShowSteps, note: (text: string) => void): Progress {
  const together: Progress["together"] = async (steps, onFailure) => {
    const results: Record<string, unknown> = {};
    const failures: unknown[] = [];
    await show(
      Object.entries(steps).map(([name, { title, work }]) => ({
        title,
        run: async (say) => {
          try {
            results[name] = await work(say);
          } catch (error) {
            if (failures.length === 0) onFailure(error);
            failures.push(error);
            throw error;
          }
        },
      })),
    );
    // The others' failures are echoes: they were ended because of the first.
    if (failures.length > 0) throw failures[0];
    return results as Results<typeof steps>;
  };
  return {
    step: async (title, work) => (await together({ only: { title, work } }, () => undefined)).only,
    together,
    note,
  };
}
