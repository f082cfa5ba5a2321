import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import {
  Chain,
  Choice,
  Condition,
  DefinitionBody,
  Errors,
  JitterType,
  JsonPath,
  LogLevel,
  Map,
  StateMachine,
  Succeed,
  TaskInput,
  Wait,
  WaitTime,
} from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvocationType, LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { IChainable } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { StageConfig } from "../config.ts";
import { acknowledgeVersions, acknowledgeWildcards } from "./acknowledge.ts";
import { TelemetryLog } from "./telemetry-log.ts";

export interface CopyMachineProps {
  readonly config: StageConfig;
  readonly snapshot: IFunction;
  readonly changes: IFunction;
  readonly measureLag: IFunction;
  readonly buildStar: IFunction;
}

/**
 * Initial copy and resync: `{"kind": "copy" | "resync", "tables": ["<area>_<table>"] | null}`.
 *
 * Plan takes the anchor, then change capture starts, then the chunks are read beside it; when all is loaded the star is
 * built once from history and the report is written. Every step can be repeated: an execution that failed is redriven
 * or started again. An execution's history ends at 25,000 events: the plan has so few chunks that it stays below
 * (MOST_CHUNKS in lambdas/capture-snapshot/chunks.ts).
 */
export class CopyMachine extends Construct {
  readonly machine: StateMachine;
  private readonly props: CopyMachineProps;

  constructor(scope: Construct, id: string, props: CopyMachineProps) {
    super(scope, id);
    this.props = props;
    this.machine = new StateMachine(this, "Machine", {
      definitionBody: DefinitionBody.fromChainable(this.definition()),
      timeout: Duration.days(7),
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        // Inputs are names and counts; rows never pass through here.
        includeExecutionData: true,
        destination: new TelemetryLog(this, "Log", props.config.logRetentionDays),
      },
    });
    const { snapshot, changes, measureLag, buildStar } = props;
    acknowledgeVersions(this.machine, [snapshot, changes, measureLag, buildStar]);
    acknowledgeWildcards(this.machine, ["*"], "Log delivery and traces know no resource.");
  }

  private definition(): IChainable {
    const { snapshot, changes, measureLag, buildStar, config } = this.props;
    const planned = JsonPath.stringAt("$.plan.snapshotId");
    const plan = this.invoke("Plan", snapshot, "$.plan", {
      action: "plan",
      kind: JsonPath.stringAt("$.kind"),
      tables: JsonPath.listAt("$.tables"),
    });
    const startChanges = new LambdaInvoke(this, "StartChanges", {
      lambdaFunction: changes,
      invocationType: LambdaInvocationType.EVENT,
      payload: TaskInput.fromObject({}),
      resultPath: JsonPath.DISCARD,
    });
    const chunks = new Map(this, "Chunks", {
      itemsPath: "$.plan.chunks",
      maxConcurrency: config.capture.parallelism,
      resultPath: JsonPath.DISCARD,
    }).itemProcessor(this.chunk());
    const finish = this.invoke("Finish", snapshot, "$.finish", { action: "finish", snapshotId: planned });
    const loaded = this.invoke("Loaded", measureLag, "$.load", { action: "loaded", snapshotId: planned });
    const wait = new Wait(this, "WaitForLoad", {
      time: WaitTime.duration(Duration.seconds(config.capture.pollSeconds)),
    });
    const star = this.invoke("BuildStar", buildStar, JsonPath.DISCARD, { action: "all" });
    const report = this.invoke("Report", measureLag, "$.report", { action: "report", snapshotId: planned });

    return Chain.start(plan)
      .next(startChanges)
      .next(chunks)
      .next(finish)
      .next(loaded)
      .next(
        new Choice(this, "IsLoaded")
          .when(Condition.booleanEquals("$.load.loaded", true), star.next(report))
          .otherwise(wait.next(loaded)),
      );
  }

  /** One chunk, invoked until it says that it is done: it resumes where its time was used up. */
  private chunk(): IChainable {
    const read = this.invoke("ReadChunk", this.props.snapshot, "$", {
      action: "chunk",
      snapshotId: JsonPath.stringAt("$.snapshotId"),
      chunk: JsonPath.numberAt("$.chunk"),
    });
    const done = new Choice(this, "IsChunkDone")
      .when(Condition.booleanEquals("$.done", true), new Succeed(this, "ChunkDone"))
      .otherwise(read);
    return read.next(done);
  }

  /** Invokes and waits. What may pass on its own is tried again: the service's errors, ours that say so, time-outs. */
  private invoke(id: string, target: IFunction, resultPath: string, payload: Record<string, unknown>): LambdaInvoke {
    const task = new LambdaInvoke(this, id, {
      lambdaFunction: target,
      payload: TaskInput.fromObject(payload),
      payloadResponseOnly: true,
      resultPath,
    });
    task.addRetry({
      errors: ["TransientError", "Lambda.TooManyRequestsException", "Sandbox.Timedout", Errors.TIMEOUT],
      interval: Duration.seconds(2),
      backoffRate: 2,
      maxDelay: Duration.minutes(1),
      maxAttempts: 12,
      jitterStrategy: JitterType.FULL,
    });
    return task;
  }
}
