/** One JSON line per event on standard error: the process's log file is what a failure shows the end of. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields on every line. */
  with(fields: LogFields): Log;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** @param write receives one line without its line end */
export function createLog(write: (line: string) => void, common: LogFields = {}): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      write(JSON.stringify({ time: new Date().toISOString(), level, message, ...common, ...fields }));
    };
  return {
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (fields) => createLog(write, { ...common, ...fields }),
  };
}

export const silentLog: Log = createLog(() => undefined);
