import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "../../../cli/processes.ts";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startKafka } from "../../../localstack/engines/kafka.ts";
import { startLocalStack } from "../../../localstack/engines/localstack.ts";
import { startMysql } from "../../../localstack/engines/mysql.ts";
import { freePort } from "../../../localstack/engines/ports.ts";
import { startPostgres } from "../../../localstack/engines/postgres.ts";

const RESTARTS = 5;

/** An engine that is killed and started again on its data and its port. */
export class Engine {
  readonly #start: () => Promise<RunningEngine>;
  #running: RunningEngine | null = null;
  #restarting: Promise<void> | null = null;
  /** How often it was killed. */
  crashes = 0;

  constructor(start: () => Promise<RunningEngine>) {
    this.#start = start;
  }

  async start(): Promise<RunningEngine> {
    this.#running = await this.#start();
    return this.#running;
  }

  /** SIGKILL, then a new start in the background. Nothing while one is under way. */
  crash(): void {
    const pid = this.#running?.pid;
    if (pid === undefined || this.#restarting !== null) return;
    this.crashes += 1;
    process.kill(pid, "SIGKILL");
    this.#restarting = this.#startAgain(pid).finally(() => (this.#restarting = null));
    // Whoever asks for it hears of the failure.
    this.#restarting.catch(() => undefined);
  }

  /** Waits until it answers again. */
  async settled(): Promise<void> {
    await this.#restarting;
  }

  async stop(): Promise<void> {
    await this.#restarting?.catch(() => undefined);
    await this.#running?.stop();
  }

  async #startAgain(pid: number): Promise<void> {
    while (isRunning({ pid })) await sleep(20);
    for (let tries = 1; ; tries++) {
      try {
        this.#running = await this.#start();
        return;
      } catch (error) {
        // What the dead process has left (shared memory, sockets) goes within a moment.
        if (tries >= RESTARTS) throw error;
        await sleep(200);
      }
    }
  }
}

/** Ports of the engines and of the proxies in front of them. */
export interface Ports {
  readonly aws: number;
  readonly kafka: number;
  readonly mysql: number;
  readonly warehouse: number;
  readonly awsProxy: number;
  readonly kafkaProxy: number;
  readonly mysqlProxy: number;
  readonly warehouseProxy: number;
}

export async function choosePorts(): Promise<Ports> {
  return {
    aws: await freePort(),
    kafka: await freePort(),
    mysql: await freePort(),
    warehouse: await freePort(),
    awsProxy: await freePort(),
    kafkaProxy: await freePort(),
    mysqlProxy: await freePort(),
    warehouseProxy: await freePort(),
  };
}

export interface Engines {
  readonly aws: Engine;
  readonly kafka: Engine;
  readonly mysql: Engine;
  readonly warehouse: Engine;
}

/** The engines, not yet started. LocalStack keeps nothing over a restart: nobody kills it. */
export function enginesIn(dataDir: string, ports: Ports, signal: AbortSignal): Engines {
  const common = { dataDir, signal };
  const nobody = "http://127.0.0.1:1";
  return {
    aws: new Engine(() => startLocalStack({ ...common, port: ports.aws, servicesEndpoint: nobody })),
    kafka: new Engine(() => startKafka({ ...common, port: ports.kafka, advertisedPort: ports.kafkaProxy })),
    mysql: new Engine(() => startMysql({ ...common, port: ports.mysql })),
    warehouse: new Engine(() => startPostgres({ ...common, port: ports.warehouse, resumes: true })),
  };
}

/** File that a function's lines go to. */
export const functionLog = (dataDir: string, name: string): string => path.join(dataDir, "logs", `${name}.log`);
