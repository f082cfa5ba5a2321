import type { Message } from "@aws-sdk/client-sqs";
import type { SnapshotPlanned } from "../../lambdas/core/events.ts";
import type { Random } from "../../localstack/demo/generator/random.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { Stage } from "./catalogue.ts";
import type { Writer } from "./source.ts";
import { tableOf } from "./world/pipeline.ts";
import type { Pipeline } from "./world/pipeline.ts";
import { giveBack, receive, remove } from "./world/queues.ts";
import type { QUEUES } from "./world/functions.ts";

/** An invocation that has work to do, and what its caller does once it has ended, however it has. */
export interface Trial {
  readonly run: () => Promise<unknown>;
  readonly after: () => Promise<unknown>;
}

/** How often work is made for a stage before the harness gives up. */
const MOST_TRIES = 6;

const nothing = async (): Promise<void> => undefined;

/** Sees to it that a stage has work, so that every one of its steps is reached. */
export class Trials {
  readonly #pipeline: Pipeline;
  readonly #writer: Writer;
  readonly #random: Random;

  constructor(pipeline: Pipeline, writer: Writer, random: Random) {
    this.#pipeline = pipeline;
    this.#writer = writer;
    this.#random = random;
  }

  /** @param effort how often the step was missed: more work then */
  async of(stage: Stage, effort: number): Promise<Trial> {
    const pipeline = this.#pipeline;
    switch (stage) {
      case "capture-changes":
        await this.#writer.burst(4 + 16 * effort);
        return { run: () => pipeline.capture(), after: nothing };
      case "snapshot-plan":
        return this.#plan();
      case "snapshot-chunk":
        return this.#chunk();
      case "snapshot-finish":
        return this.#finish();
      case "land-batch":
        await this.#recordsToLand(effort);
        return { run: () => pipeline.land(), after: nothing };
      case "load-warehouse":
        return this.#wakeUp("load", effort);
      case "build-star":
        return this.#wakeUp("star", effort);
      case "wake-loaders":
        await this.objectsToLoad(effort);
        return { run: () => pipeline.invoke("wake-loaders", {}), after: nothing };
      case "resync-tables":
        await this.#writer.alter(this.#random);
        await pipeline.captureAll();
        return { run: () => pipeline.invoke("resync-tables", {}), after: () => pipeline.runWishes() };
    }
  }

  /** A planned resync of one table. */
  async planned(): Promise<SnapshotPlanned> {
    const request = { action: "plan", kind: "resync", tables: [this.#table()] };
    return (await this.#pipeline.must("capture-snapshot", request)) as SnapshotPlanned;
  }

  async finish({ snapshotId, chunks }: SnapshotPlanned): Promise<void> {
    for (const { chunk } of chunks) await this.#pipeline.copyChunk(snapshotId, chunk);
    await this.#pipeline.must("capture-snapshot", { action: "finish", snapshotId });
  }

  /** Landed objects that no load has taken. */
  async objectsToLoad(effort: number): Promise<void> {
    await this.#recordsToLand(effort);
    await this.#pipeline.landAll();
  }

  /** Messages of a queue that wake somebody who has work; others are taken away. */
  async messages(queue: keyof typeof QUEUES, effort: number): Promise<readonly Message[]> {
    const pipeline = this.#pipeline;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (tries > 0 || effort > 0) await this.objectsToLoad(effort + tries);
      if (tries > 1) await pipeline.must("wake-loaders", {});
      // A load that was killed has loaded something and woken nobody.
      if (queue === "star" && (tries > 0 || !pipeline.unbuilt)) while ((await pipeline.deliver("load")) > 0);
      const found = await receive(pipeline.world, queue);
      const useful = found.filter((message) =>
        queue === "load" ? pipeline.unloaded.has(tableOf(message)) : pipeline.unbuilt,
      );
      for (const message of found) if (!useful.includes(message)) await remove(pipeline.world, queue, message);
      if (useful.length > 0) return useful;
    }
    throw new Error(`no message comes to the ${queue} queue`);
  }

  async #wakeUp(queue: keyof typeof QUEUES, effort: number): Promise<Trial> {
    const pipeline = this.#pipeline;
    const [message, ...others] = this.#random.shuffled(await this.messages(queue, effort));
    if (message === undefined) throw new Error(`the ${queue} queue is empty`);
    for (const other of others) await giveBack(pipeline.world, queue, other);
    return { run: () => pipeline.deliverOne(queue, message), after: nothing };
  }

  async #recordsToLand(effort: number): Promise<void> {
    const { world, delivery } = this.#pipeline;
    await world.topics.catchUp();
    if (effort === 0 && delivery.hasNext()) return;
    await this.#writer.burst(16 + 8 * effort);
    await this.#pipeline.captureAll();
    await world.topics.catchUp();
  }

  async #plan(): Promise<Trial> {
    let planned: SnapshotPlanned | null = null;
    const request = { action: "plan", kind: "resync", tables: [this.#table()] };
    return {
      run: async () => {
        const outcome = await this.#pipeline.invoke("capture-snapshot", request);
        if (outcome.kind === "answered") planned = outcome.value as SnapshotPlanned;
      },
      // The state machine tries a failed plan again; what the first one left is of no use to anybody.
      after: async () =>
        this.finish(planned ?? ((await this.#pipeline.must("capture-snapshot", request)) as SnapshotPlanned)),
    };
  }

  async #chunk(): Promise<Trial> {
    const planned = await this.planned();
    const { chunk } = this.#random.pick(planned.chunks);
    const { snapshotId } = planned;
    return {
      // The table changes while it is copied.
      run: async () => {
        const writing = this.#writer.burst(6).catch(() => undefined);
        await this.#pipeline.invoke("capture-snapshot", { action: "chunk", snapshotId, chunk });
        await writing;
      },
      after: () => this.finish(planned),
    };
  }

  async #finish(): Promise<Trial> {
    const planned = await this.planned();
    const { snapshotId, chunks } = planned;
    for (const { chunk } of chunks) await this.#pipeline.copyChunk(snapshotId, chunk);
    return {
      run: () => this.#pipeline.invoke("capture-snapshot", { action: "finish", snapshotId }),
      after: () => this.#pipeline.must("capture-snapshot", { action: "finish", snapshotId }),
    };
  }

  /** A table to copy while it is written to: rows without a key could not be told from those of the log. */
  #table(): string {
    return qualifiedName(this.#random.pick(this.#pipeline.world.tables.filter(({ key }) => key !== "none")));
  }
}
