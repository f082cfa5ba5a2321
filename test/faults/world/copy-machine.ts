import { AwsError } from "../../../localstack/services/aws-error.ts";

interface Execution {
  readonly name: string;
  readonly tables: readonly string[] | null;
  status: "RUNNING" | "SUCCEEDED" | "FAILED";
  readonly startDate: number;
  stopDate?: number;
}

/** The state machine of copies as `resync-tables` sees it. What it starts, the harness runs. */
export class CopyMachine {
  readonly #executions: Execution[] = [];

  handle(operation: string, raw: unknown): unknown {
    const input = raw as { readonly name?: string; readonly input?: string };
    switch (operation) {
      case "ListExecutions":
        return { executions: this.#executions.toReversed().map((each) => ({ ...each, tables: undefined })) };
      case "StartExecution": {
        const { name = "" } = input;
        // Names hold a minute, and the harness runs more than one schedule in it: those that have ended may come again.
        if (this.#executions.some((each) => each.name === name && each.status === "RUNNING")) {
          throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${name}'`, 400);
        }
        const { tables } = JSON.parse(input.input ?? "{}") as { tables: readonly string[] | null };
        const startDate = Date.now() / 1000;
        this.#executions.push({ name, tables, status: "RUNNING", startDate });
        return { executionArn: `arn:aws:states:us-east-1:000000000000:execution:faults-copy:${name}`, startDate };
      }
      default:
        throw new AwsError("UnknownOperationException", `${operation} is not known`, 400);
    }
  }

  /** Takes what was started and not yet run. */
  running(): readonly { readonly name: string; readonly tables: readonly string[] | null }[] {
    return this.#executions.filter(({ status }) => status === "RUNNING");
  }

  end(name: string): void {
    const execution = this.#executions.findLast((each) => each.name === name);
    if (execution === undefined) return;
    execution.status = "SUCCEEDED";
    execution.stopDate = Date.now() / 1000;
  }
}
