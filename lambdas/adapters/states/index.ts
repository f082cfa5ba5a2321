import { ExecutionAlreadyExists, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { ExecutionListItem } from "@aws-sdk/client-sfn";
import type { CopyRun, CopyRuns } from "../../core/copy-runs.ts";

const RECENT = 50;

/** Executions of the copy's state machine. */
export function createCopyRuns(stateMachineArn: string, client: SFNClient = new SFNClient()): CopyRuns {
  return {
    recent: async () => {
      const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: RECENT }));
      return [...executions].sort((a, b) => startOf(b) - startOf(a)).map(toRun);
    },
    start: async (name, tables) => {
      const input = JSON.stringify({ kind: "resync", tables });
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
  };
}

const startOf = ({ startDate }: ExecutionListItem): number => startDate?.getTime() ?? 0;

function toRun({ name = "", status, stopDate }: ExecutionListItem): CopyRun {
  const state = status === "SUCCEEDED" ? "succeeded" : isRunning(status) ? "running" : "failed";
  return { name, state, endedAt: stopDate?.getTime() ?? null };
}

/** One that waits for its redrive goes on. */
const isRunning = (status: ExecutionListItem["status"]): boolean =>
  status === "RUNNING" || status === "PENDING_REDRIVE";
