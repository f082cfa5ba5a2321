import type { Random } from "../../localstack/demo/generator/random.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import type { DeliveryFault } from "./catalogue.ts";
import type { Writer } from "./source.ts";
import type { Trials } from "./trials.ts";
import type { Outcome } from "./world/function.ts";
import type { FunctionName } from "./world/functions.ts";
import type { Pipeline } from "./world/pipeline.ts";
import { forgetLoads } from "./world/replay.ts";
import { giveBack, remove, sqsEvent } from "./world/queues.ts";

/** Plays what sources of events on AWS may do: at least once means twice, late, at two at once, or in another order. */
export class Deliveries {
  readonly #pipeline: Pipeline;
  readonly #trials: Trials;
  readonly #writer: Writer;
  readonly #random: Random;

  constructor(pipeline: Pipeline, trials: Trials, writer: Writer, random: Random) {
    this.#pipeline = pipeline;
    this.#trials = trials;
    this.#writer = writer;
    this.#random = random;
  }

  /** @returns whether it came about: every invocation that it needs has answered */
  async play(what: DeliveryFault): Promise<boolean> {
    const pipeline = this.#pipeline;
    switch (what) {
      case "a batch twice":
        return this.#batch(async (event) => [
          await pipeline.invoke("land-batch", event),
          await pipeline.invoke("land-batch", event),
        ]);
      case "a batch again, split otherwise":
        return this.#batch(async (event) => [await pipeline.invoke("land-batch", event)], false);
      case "a batch at two at once":
        return this.#batch((event) => this.#twice("land-batch", event));
      case "an old batch again": {
        await this.#trials.objectsToLoad(0);
        const batch = pipeline.delivery.again();
        return batch !== null && haveAnswered([await pipeline.invoke("land-batch", batch.event)]);
      }
      case "two captures at once": {
        await this.#writer.burst(16);
        return haveAnswered(await this.#twice("capture-changes", { handover: true }));
      }
      case "a chunk at two at once": {
        const planned = await this.#trials.planned();
        const { chunk } = this.#random.pick(planned.chunks);
        const { snapshotId } = planned;
        const outcomes = await this.#twice("capture-snapshot", { action: "chunk", snapshotId, chunk });
        await this.#trials.finish(planned);
        return haveAnswered(outcomes);
      }
      case "two loads at once":
        return this.#messages("load", (event) => this.#twice("load-warehouse", event));
      case "two stars at once":
        return this.#messages("star", (event) => this.#twice("build-star", event));
      case "wake-ups out of order":
        return this.#outOfOrder();
      case "a wake-up lost": {
        const { world } = pipeline;
        const messages = await this.#trials.messages("load", 0);
        for (const message of messages) await remove(world, "load", message);
        return messages.length > 0;
      }
      case "all objects loaded again":
        return this.#loadAgain();
    }
  }

  async #batch(deliver: (event: unknown) => Promise<readonly Outcome[]>, commits = true): Promise<boolean> {
    const { delivery } = this.#pipeline;
    if (!delivery.hasNext()) {
      await this.#writer.burst(16);
      await this.#pipeline.captureAll();
      await this.#pipeline.world.topics.catchUp();
    }
    const batch = delivery.next();
    if (batch === null) return false;
    this.#pipeline.unloaded.add(batch.topic);
    const answered = haveAnswered(await deliver(batch.event));
    if (answered && commits) batch.commit();
    return answered;
  }

  async #messages(queue: "load" | "star", deliver: (event: unknown) => Promise<readonly Outcome[]>): Promise<boolean> {
    const { world } = this.#pipeline;
    const [message, ...others] = await this.#trials.messages(queue, 0);
    for (const other of others) await giveBack(world, queue, other);
    if (message === undefined) return false;
    const answered = haveAnswered(await deliver(sqsEvent([message])));
    this.#pipeline.unbuilt = true;
    await (answered ? remove(world, queue, message) : giveBack(world, queue, message));
    return answered;
  }

  /** The newest first, and the oldest once more after it was removed. */
  async #outOfOrder(): Promise<boolean> {
    const { world } = this.#pipeline;
    const messages = await this.#trials.messages("load", 0);
    const [first] = messages;
    const outcomes: Outcome[] = [];
    for (const message of messages.toReversed()) {
      outcomes.push(await this.#pipeline.invoke("load-warehouse", sqsEvent([message])));
      await remove(world, "load", message);
    }
    this.#pipeline.unbuilt = true;
    if (first !== undefined) outcomes.push(await this.#pipeline.invoke("load-warehouse", sqsEvent([first])));
    return outcomes.length > 0 && haveAnswered(outcomes);
  }

  /** The ledger of a table is emptied, as for a replay: all of its objects are loaded a second time. */
  async #loadAgain(): Promise<boolean> {
    const table = this.#random.pick(this.#pipeline.world.tables);
    // What a load touched and the star has not taken up yet goes by the load's id, which is about to be forgotten.
    await this.#pipeline.drain();
    await forgetLoads(this.#pipeline.world, table);
    const outcome = await this.#pipeline.invoke("load-warehouse", {
      Records: [
        {
          messageId: "replay",
          receiptHandle: "replay",
          body: JSON.stringify({ table: qualifiedName(table), slot: 0 }),
        },
      ],
    });
    return haveAnswered([outcome]);
  }

  #twice(name: FunctionName, event: unknown): Promise<readonly Outcome[]> {
    return Promise.all([this.#pipeline.invoke(name, event), this.#pipeline.invoke(name, event, true)]);
  }
}

/** One of two that meet may fail; somebody must have done the work. */
const haveAnswered = (outcomes: readonly Outcome[]): boolean => outcomes.some(({ kind }) => kind === "answered");
