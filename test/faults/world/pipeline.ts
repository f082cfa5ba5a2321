import type { Message } from "@aws-sdk/client-sqs";
import { parseCheckpoint } from "../../../lambdas/core/checkpoint.ts";
import type { ChunkOutcome, SnapshotPlanned } from "../../../lambdas/core/events.ts";
import { checkpointKey } from "../../../lambdas/core/state-keys.ts";
import { comparePositions } from "../../../lambdas/core/version.ts";
import type { Random } from "../../../localstack/demo/generator/random.ts";
import { connectTo, rowsOf } from "../../../localstack/demo/source/connection.ts";
import { Delivery } from "./delivery.ts";
import type { Outcome } from "./function.ts";
import type { FunctionName } from "./functions.ts";
import { SOURCE_NAME } from "./functions.ts";
import { giveBack, receive, remove, sqsEvent } from "./queues.ts";
import type { World } from "./world.ts";

/** How often a step is tried before the harness says that the pipeline stands still. */
const MOST_TRIES = 60;

/** The pipeline's stages as schedules, event sources and the state machine of copies drive them. */
export class Pipeline {
  readonly world: World;
  readonly delivery: Delivery;
  readonly #random: Random;
  /** What invocations ended with, other than an answer; for the report. */
  readonly failures: string[] = [];
  /** Topics with objects that no load has answered for; a wake-up for another finds nothing. */
  readonly unloaded = new Set<string>();
  /** Whether something was loaded that no build has answered for. */
  unbuilt = false;

  constructor(world: World, random: Random) {
    this.world = world;
    this.#random = random;
    this.delivery = new Delivery(world.topics, random);
  }

  async invoke(name: FunctionName, event: unknown, second = false): Promise<Outcome> {
    const outcome = await this.world.functions.of(name, second).invoke(event);
    if (outcome.kind === "failed") this.failures.push(`${name}: ${outcome.type}: ${outcome.message}`);
    return outcome;
  }

  /** Invokes until it answers. @throws Error when it never does */
  async must(name: FunctionName, event: unknown): Promise<unknown> {
    let last = "";
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const outcome = await this.invoke(name, event);
      if (outcome.kind === "answered") return outcome.value;
      // A process that could not begin ends after it has said why.
      if (outcome.kind === "failed") last = `${outcome.type}: ${outcome.message}`;
      else if (last === "") last = outcome.how;
      await this.world.settled();
    }
    throw new Error(`${name} did not answer ${MOST_TRIES} times in a row; at last: ${last}`);
  }

  /** One run of change capture. A run that died holds its lease for 20 s: its successor is told to take over. */
  async capture(): Promise<Outcome> {
    return this.invoke("capture-changes", { handover: true });
  }

  /** Whether everything that the source has committed is published. */
  async isCaptured(): Promise<boolean> {
    const { landing, source } = this.world;
    const stored = await landing.get(checkpointKey(SOURCE_NAME));
    if (stored === null) return false;
    const { position } = parseCheckpoint(stored.body.toString("utf8"), checkpointKey(SOURCE_NAME));
    const connection = await connectTo(source);
    const [place] = await rowsOf<{ File: string; Position: string | number }>(connection, "SHOW MASTER STATUS").finally(
      () => connection.end(),
    );
    if (place === undefined) throw new Error("the source does not tell its position");
    return comparePositions(position, { epoch: position.epoch, file: place.File, pos: Number(place.Position) }) >= 0;
  }

  async captureAll(): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (await this.isCaptured()) return;
      await this.capture();
      await this.world.settled();
    }
    throw new Error(`change capture did not reach the source's end in ${MOST_TRIES} runs`);
  }

  /** Copies tables as the state machine does: plan, every chunk until it is done, finish. */
  async copy(kind: "copy" | "resync", tables: readonly string[] | null): Promise<void> {
    const { snapshotId, chunks } = (await this.must("capture-snapshot", {
      action: "plan",
      kind,
      tables,
    })) as SnapshotPlanned;
    for (const { chunk } of this.#random.shuffled(chunks)) await this.copyChunk(snapshotId, chunk);
    await this.must("capture-snapshot", { action: "finish", snapshotId });
  }

  async copyChunk(snapshotId: string, chunk: number): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const { done } = (await this.must("capture-snapshot", { action: "chunk", snapshotId, chunk })) as ChunkOutcome;
      if (done) return;
    }
    throw new Error(`chunk ${chunk} of snapshot ${snapshotId} is never done`);
  }

  /** Delivers one batch of one topic. @returns null when there is none */
  async land(): Promise<Outcome | null> {
    await this.world.topics.catchUp();
    const batch = this.delivery.next();
    if (batch === null) return null;
    const outcome = await this.invoke("land-batch", batch.event);
    this.unloaded.add(batch.topic);
    if (outcome.kind === "answered") batch.commit();
    return outcome;
  }

  async landAll(): Promise<void> {
    for (let failed = 0; failed < MOST_TRIES;) {
      const outcome = await this.land();
      if (outcome === null) return;
      failed = outcome.kind === "answered" ? 0 : failed + 1;
    }
    throw new Error(`land-batch failed ${MOST_TRIES} times in a row: ${this.failures.at(-1) ?? ""}`);
  }

  /** Hands the messages of a queue to its function. @returns how many messages were taken */
  async deliver(queue: "load" | "star"): Promise<number> {
    const name = queue === "load" ? "load-warehouse" : "build-star";
    const messages = await receive(this.world, queue);
    let taken = 0;
    for (const message of this.#random.shuffled(messages)) {
      if (await this.deliverOne(queue, message)) taken += 1;
      else this.failures.push(`${name}: ${message.Body ?? ""} was not taken`);
    }
    return taken;
  }

  /** @returns whether the message was taken; if not, the queue has it again */
  async deliverOne(queue: "load" | "star", message: Message): Promise<boolean> {
    const name = queue === "load" ? "load-warehouse" : "build-star";
    const outcome = await this.invoke(name, sqsEvent([message]));
    if (queue === "load") this.unbuilt = true;
    if (outcome.kind !== "answered" || hasFailures(outcome.value)) {
      await giveBack(this.world, queue, message);
      return false;
    }
    if (queue === "load") this.unloaded.delete(tableOf(message));
    else this.unbuilt = false;
    await remove(this.world, queue, message);
    return true;
  }

  /** Goes on without faults until everything committed at the source is in the star. */
  async drain(): Promise<void> {
    await this.world.settled();
    await this.captureAll();
    await this.landAll();
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      while ((await this.deliver("load")) > 0);
      while ((await this.deliver("star")) > 0);
      const woken = (await this.must("wake-loaders", {})) as { loads: readonly string[]; star: boolean };
      if (woken.loads.length === 0 && !woken.star) return;
    }
    throw new Error(`the pipeline is not quiet after ${MOST_TRIES} rounds: ${this.failures.slice(-3).join("; ")}`);
  }

  /** Runs the resyncs that the pipeline has started by itself. */
  async runWishes(): Promise<number> {
    await this.must("resync-tables", {});
    const runs = this.world.copies.running();
    for (const { name, tables } of runs) {
      await this.copy("resync", tables);
      this.world.copies.end(name);
    }
    return runs.length;
  }
}

/** The table that a wake-up names. */
export const tableOf = ({ Body = "{}" }: Message): string => (JSON.parse(Body) as { table?: string }).table ?? "";

function hasFailures(answer: unknown): boolean {
  const failures = (answer as { batchItemFailures?: readonly unknown[] } | null)?.batchItemFailures;
  return failures !== undefined && failures.length > 0;
}
