import { CommandError } from "./errors.ts";
import type { LocalState } from "./local-state.ts";
import { runningLocally } from "./local-state.ts";

/** How AWS clients reach the account: the local endpoint, or nothing, which means the ordinary AWS environment. */
export interface ClientSettings {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The deployment that a command talks to. */
export interface Target {
  readonly stage: string;
  readonly aws: ClientSettings;
  /** What runs locally; null on AWS. */
  readonly local: LocalState | null;
}

/** Settings of clients of the local endpoint, whatever the environment holds of a real account. */
export const localClients = (endpoint: string): ClientSettings => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

/**
 * The stage asked for, else the one that runs on this machine.
 * @throws CommandError when there is neither
 */
export function findTarget(stage: string | undefined, local: LocalState | null = runningLocally()): Target {
  if (local !== null && (stage === undefined || stage === local.stage)) {
    return { stage: local.stage, aws: localClients(local.endpoints.aws), local };
  }
  if (stage === undefined || stage === "local") {
    throw new CommandError(
      "Nothing runs on this machine. Start it with `npm run local -- --keep`, or name a stage deployed to AWS with --stage.",
    );
  }
  return { stage, aws: {}, local: null };
}
