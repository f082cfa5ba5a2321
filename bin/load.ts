/**
 * Loads a module that depends on the definitions.
 * @returns null after saying on standard error what does not load, and where
 */
export async function load<T>(module: () => Promise<T>): Promise<T | null> {
  try {
    return await module();
  } catch (error) {
    process.stderr.write(`${loadProblem(error)}\n`);
    return null;
  }
}

/** What does not load, where, and what to do, without a stack. */
export function loadProblem(error: unknown): string {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  // A mistake in a definition shows in what it calls: the definition's own line is what helps.
  const place = /\(?(?:file:\/\/)?(\/[^\s()]*\/schemas\/(?!model\/)[^\s()]*\.ts:\d+:\d+)\)?/.exec(stack ?? "")?.[1];
  const where = place === undefined || message.includes(place) ? "" : ` (${place})`;
  return `The definitions do not load: ${message.trim()}${where}\nCorrect the file; \`npx tsc\` names every mistake in it.`;
}
