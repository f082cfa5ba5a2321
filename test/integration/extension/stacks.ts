import { randomUUID } from "node:crypto";
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import type { CloudUnderTest } from "./cloud-under-test.ts";
import { eventually } from "./cloud-under-test.ts";

export interface Outcome {
  readonly status: string | undefined;
  readonly outputs: Record<string, string | undefined>;
  readonly reasons: string[];
}

export interface Stacks {
  /** By change set, as CDK does: LocalStack's CreateStack and UpdateStack report success for some failures. */
  deploy(stack: string, resources: object, outputs?: object, kind?: "CREATE" | "UPDATE"): Promise<Outcome>;
  /** Deletes a stack, and waits until that has ended one way or the other. */
  remove(stack: string): Promise<Pick<Outcome, "status" | "reasons">>;
}

export function openStacks(client: CloudUnderTest["client"]): Stacks {
  const formation = new CloudFormationClient(client);

  const reasonsOf = async (stack: string | undefined): Promise<string[]> => {
    const { StackEvents = [] } = await formation.send(new DescribeStackEventsCommand({ StackName: stack }));
    return StackEvents.flatMap(({ ResourceStatusReason }) => ResourceStatusReason ?? []);
  };

  /** Of a change set that was executed to its end; before, a stack that fails passes through other states. */
  async function outcomeOf(stack: string, changeSet: string | undefined): Promise<Outcome> {
    await eventually(async () => {
      const { ExecutionStatus } = await formation.send(new DescribeChangeSetCommand({ ChangeSetName: changeSet }));
      return ExecutionStatus === "EXECUTE_COMPLETE" || ExecutionStatus === "EXECUTE_FAILED" ? true : undefined;
    });
    const described = await formation.send(new DescribeStacksCommand({ StackName: stack }));
    const { StackStatus, Outputs = [] } = described.Stacks?.[0] ?? {};
    const outputs: Outcome["outputs"] = {};
    for (const { OutputKey = "", OutputValue } of Outputs) outputs[OutputKey] = OutputValue;
    return { status: StackStatus, outputs, reasons: await reasonsOf(stack) };
  }

  async function deploy(
    stack: string,
    resources: object,
    outputs: object = {},
    kind: "CREATE" | "UPDATE" = "CREATE",
  ): Promise<Outcome> {
    const values = Object.entries(outputs).map(([name, Value]) => [name, { Value: Value as unknown }] as const);
    const template = { Resources: resources, Outputs: Object.fromEntries(values) };
    const { Id } = await formation.send(
      new CreateChangeSetCommand({
        StackName: stack,
        ChangeSetName: `change-${randomUUID()}`,
        ChangeSetType: kind,
        TemplateBody: JSON.stringify(template),
        Capabilities: ["CAPABILITY_NAMED_IAM"],
      }),
    );
    await eventually(async () => {
      const { Status } = await formation.send(new DescribeChangeSetCommand({ ChangeSetName: Id }));
      return Status === "CREATE_COMPLETE" ? Status : undefined;
    });
    await formation.send(new ExecuteChangeSetCommand({ ChangeSetName: Id }));
    return outcomeOf(stack, Id);
  }

  async function remove(stack: string): Promise<Pick<Outcome, "status" | "reasons">> {
    const { Stacks = [] } = await formation.send(new DescribeStacksCommand({ StackName: stack }));
    const [{ StackId } = {}] = Stacks;
    await formation.send(new DeleteStackCommand({ StackName: stack }));
    const status = await eventually(async () => {
      const described = await formation.send(new DescribeStacksCommand({ StackName: StackId }));
      const now = described.Stacks?.[0]?.StackStatus;
      return now === "DELETE_COMPLETE" || now === "DELETE_FAILED" ? now : undefined;
    });
    return { status, reasons: await reasonsOf(StackId) };
  }

  return { deploy, remove };
}
