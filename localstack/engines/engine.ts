import { MillraceError } from "../../lambdas/core/errors.ts";

/** A part of the local cloud that answers on a loopback address. */
export interface RunningEngine {
  readonly name: string;
  /** What a client connects to: a URL, or `host:port` for Kafka. */
  readonly endpoint: string;
  /** Absent when the engine was given and not started here. */
  readonly pid?: number;
  readonly log?: string;
  /** Ends the engine and returns when its process is gone. Safe to call twice. */
  stop(): Promise<void>;
}

/** What every engine is started with. */
export interface EngineOptions {
  /** Absolute folder for data and logs of one run; made if missing. */
  readonly dataDir: string;
  /** Port on 127.0.0.1. @default - the engine's MILLRACE_*_PORT variable, else a free port */
  readonly port?: number;
  /** Gives the start up; what was started is stopped. */
  readonly signal?: AbortSignal;
}

/** A part of the local cloud did not start or stop: the message holds its name, its last log lines and the log's path. */
export class EngineError extends MillraceError {
  override readonly name = "EngineError";
  override readonly retryable = false;
}
