import { stopLocal } from "./local-state.ts";

/** `millrace down`: ends the processes that the local state file names. */
export async function down(print: (text: string) => void): Promise<void> {
  const stopped = await stopLocal();
  print(stopped.length === 0 ? "Nothing was running." : `Stopped: ${stopped.join(", ")}.`);
}
