import type { Progress } from "./progress.ts";
import { createProgress } from "./progress.ts";

/** Lines for logs: one when a step starts, one when it ends, and now and then what it is doing. */
export function plainProgress(write: (line: string) => void, now: () => number, everyMs = 5_000): Progress {
  const started = now();
  const stamp = () => `${((now() - started) / 1000).toFixed(1).padStart(6)} s`;
  const line = (text: string) => write(`${stamp()}  ${text}`);
  return createProgress(async (steps) => {
    await Promise.allSettled(
      steps.map(async ({ title, run }) => {
        const begun = now();
        let told = begun;
        line(`${title} ...`);
        const seconds = () => ((now() - begun) / 1000).toFixed(1);
        try {
          await run((text) => {
            if (now() - told < everyMs) return;
            told = now();
            line(`${title}: ${text}`);
          });
          line(`${title}: done in ${seconds()} s`);
        } catch (error) {
          line(`${title}: failed after ${seconds()} s`);
          throw error;
        }
      }),
    );
  }, line);
}
