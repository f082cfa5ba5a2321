import { messageOf } from "../lambdas/core/errors.ts";
import type { PipelineStatus, StatusMark } from "../lambdas/core/events.ts";
import { CommandError } from "./errors.ts";
import type { AskStatus } from "./pipeline-status.ts";
import type { SourceOutputs } from "./stack-outputs.ts";
import { untilCaughtUp } from "./until-caught-up.ts";

/** What is known of one source. */
export interface SourceStatus extends Pick<PipelineStatus, "capture" | "copyWaits" | "caughtUp"> {
  readonly name: string;
  readonly areas: readonly string[];
  /** Null when it did not answer. */
  readonly mark: StatusMark | null;
  /** Why nothing is known of it and of its tables. */
  readonly error: string | null;
}

/** All sources together. */
export interface DeploymentStatus extends Pick<PipelineStatus, "tables" | "caughtUp"> {
  readonly sources: readonly SourceStatus[];
}

export interface Waiting {
  /** Seconds. @default - no bound */
  readonly timeout?: number | undefined;
}

/**
 * Asks every source at the same time. One that does not answer hides nothing of the others.
 * @param waiting until all that was committed at each source by now is visible; null: not at all
 * @throws CommandError when a source does not answer and it is the only one, or is waited for
 */
export async function askSources(
  sources: readonly Pick<SourceOutputs, "name" | "areas" | "MeasureLagName">[],
  askerOf: (functionName: string) => AskStatus,
  waiting: Waiting | null,
): Promise<DeploymentStatus> {
  const answers = await Promise.allSettled(
    sources.map(({ MeasureLagName }) => {
      const ask = askerOf(MeasureLagName);
      return waiting === null ? ask() : untilCaughtUp(ask, waiting.timeout);
    }),
  );
  const failures = answers.flatMap((answer, i) =>
    answer.status === "fulfilled" ? [] : [{ name: sources[i]?.name ?? "", reason: answer.reason as unknown }],
  );
  const [first] = failures;
  if (first !== undefined && sources.length === 1) throw first.reason;
  if (first !== undefined && waiting !== null) {
    throw new CommandError(failures.map(({ name, reason }) => `Source ${name}: ${messageOf(reason)}`).join("\n"));
  }
  return {
    caughtUp: answers.every((answer) => answer.status === "fulfilled" && answer.value.caughtUp),
    sources: sources.map(({ name, areas }, i) => statusOf(name, areas, answers[i])),
    tables: answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value.tables : [])),
  };
}

function statusOf(
  name: string,
  areas: readonly string[],
  answer: PromiseSettledResult<PipelineStatus> | undefined,
): SourceStatus {
  if (answer?.status !== "fulfilled") {
    return {
      name,
      areas,
      mark: null,
      capture: null,
      copyWaits: null,
      caughtUp: false,
      error: messageOf(answer?.reason),
    };
  }
  const { mark, capture, copyWaits, caughtUp } = answer.value;
  return { name, areas, mark, capture, copyWaits, caughtUp, error: null };
}
