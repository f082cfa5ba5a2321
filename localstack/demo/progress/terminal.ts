import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from "listr2";
import type { Progress } from "./progress.ts";
import { createProgress } from "./progress.ts";

/** Spinners and elapsed times on a terminal. */
export function terminalProgress(terminal: NodeJS.WriteStream): Progress {
  return createProgress(
    async (steps) => {
      const list = new Listr(
        steps.map(({ title, run }) => ({
          title,
          task: async (_context: unknown, task: { output: string }): Promise<void> => {
            await run((text) => {
              task.output = text;
            });
          },
        })),
        {
          concurrent: true,
          exitOnError: false,
          // Ctrl-C is the job's to handle: it has processes to stop.
          registerSignalListeners: false,
          forceTTY: true,
          renderer: "default",
          rendererOptions: {
            timer: PRESET_TIMER,
            collapseErrors: false,
            showErrorMessage: false,
            logger: new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(terminal, terminal) }),
          },
        },
      );
      await list.run();
    },
    (text) => terminal.write(`${text}\n`),
  );
}
