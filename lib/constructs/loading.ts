import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { buildStarEnvironment } from "../../lambdas/build-star/env.ts";
import { loadWarehouseEnvironment } from "../../lambdas/load-warehouse/env.ts";
import { wakeLoadersEnvironment } from "../../lambdas/wake-loaders/env.ts";
import type { DataPlane } from "./data-plane.ts";
import { LANDING_PREFIXES, QUARANTINE_PREFIXES, landingVariables } from "./data-plane.ts";
import { MinuteSchedule } from "./minute-schedule.ts";
import { NodeFunction } from "./node-function.ts";
import { WakeQueue } from "./wake-queue.ts";

/** Builds of the star at the same time: its queue has one group, and 2 is the least a mapping takes. */
const STAR_RUNS = 2;

/** Objects to mirror and star: the two queues, the functions they wake, and the safety net of every minute. */
export class Loading extends Construct {
  readonly loadQueue: WakeQueue;
  readonly starQueue: WakeQueue;
  readonly loadWarehouse: IFunction;
  readonly buildStar: IFunction;
  readonly wakeLoaders: IFunction;

  constructor(scope: Construct, id: string, plane: DataPlane) {
    super(scope, id);
    const { config } = plane;
    const queue = (name: string, consumer: "load-warehouse" | "build-star"): WakeQueue =>
      new WakeQueue(this, name, {
        slotSeconds: config.flow.wakeSlotSeconds,
        consumerTimeoutSeconds: config.functions[consumer].timeoutSeconds,
      });
    this.loadQueue = queue("LoadQueue", "load-warehouse");
    this.starQueue = queue("StarQueue", "build-star");
    this.loadWarehouse = this.createLoadWarehouse(plane);
    this.buildStar = this.createBuildStar(plane);
    this.wakeLoaders = this.createWakeLoaders(plane);
    this.loadQueue.wake(this.loadWarehouse, config.flow.loaders);
    this.starQueue.wake(this.buildStar, STAR_RUNS);
    for (const sender of [this.loadWarehouse, this.wakeLoaders]) {
      this.loadQueue.queue.grantSendMessages(sender);
      this.starQueue.queue.grantSendMessages(sender);
    }
  }

  private createLoadWarehouse(plane: DataPlane): IFunction {
    const { flow } = plane.config;
    const load = new NodeFunction(this, "LoadWarehouse", {
      config: plane.config,
      name: "load-warehouse",
      description: "Loads one table's landed objects into history and mirror in one transaction",
      contract: loadWarehouseEnvironment,
      environment: {
        ...landingVariables(plane),
        ...plane.warehouse.environment,
        QUARANTINE_BUCKET: plane.quarantine.bucket.bucketName,
        COPY_ROLE_ARN: plane.warehouse.copyRole.roleArn,
        LOAD_QUEUE_URL: this.loadQueue.queue.queueUrl,
        STAR_QUEUE_URL: this.starQueue.queue.queueUrl,
        WAKE_SLOT_SECONDS: String(flow.wakeSlotSeconds),
        CADENCE_SECONDS: String(flow.cadenceSeconds),
      },
    }).function;
    const { landing, manifests, definitions, errors, resyncs, tables } = LANDING_PREFIXES;
    plane.warehouse.grantStatements(load);
    plane.landing.grantObjects(load, ["read"], [landing, manifests, definitions, resyncs, tables]);
    plane.landing.grantObjects(load, ["write"], [manifests, tables]);
    plane.landing.grantObjects(load, ["write", "delete"], [errors]);
    plane.landing.grantList(load, [landing, manifests, definitions, resyncs, tables]);
    plane.quarantine.grantObjects(load, ["write"], [QUARANTINE_PREFIXES.rows]);
    return load;
  }

  private createBuildStar(plane: DataPlane): IFunction {
    const build = new NodeFunction(this, "BuildStar", {
      config: plane.config,
      name: "build-star",
      description: "Recomputes dimensions and facts of the keys that loads touched",
      contract: buildStarEnvironment,
      environment: { ...plane.warehouse.environment, STAR_QUEUE_URL: this.starQueue.queue.queueUrl },
    }).function;
    plane.warehouse.grantStatements(build);
    return build;
  }

  private createWakeLoaders(plane: DataPlane): IFunction {
    const wake = new NodeFunction(this, "WakeLoaders", {
      config: plane.config,
      name: "wake-loaders",
      description: "Finds what is landed and not loaded, or loaded and not built, and wakes its loader",
      contract: wakeLoadersEnvironment,
      environment: {
        ...landingVariables(plane),
        ...plane.warehouse.environment,
        LOAD_QUEUE_URL: this.loadQueue.queue.queueUrl,
        STAR_QUEUE_URL: this.starQueue.queue.queueUrl,
        WAKE_SLOT_SECONDS: String(plane.config.flow.wakeSlotSeconds),
      },
    }).function;
    plane.warehouse.grantStatements(wake);
    plane.landing.grantList(wake, [LANDING_PREFIXES.landing]);
    new MinuteSchedule(this, "EveryMinute", { target: wake, description: "Wakes loaders whose message was lost" });
    return wake;
  }
}
