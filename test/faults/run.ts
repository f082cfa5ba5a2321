import { createRandom } from "../../localstack/demo/generator/random.ts";
import type { Random } from "../../localstack/demo/generator/random.ts";
import { nameOf } from "./catalogue.ts";
import type { Fault } from "./catalogue.ts";
import { checkAll, checkAlways } from "./check/index.ts";
import { compareFingerprints, takeFingerprint } from "./check/fingerprint.ts";
import { Tally } from "./check/findings.ts";
import type { Findings } from "./check/findings.ts";
import { readVersions } from "./check/history.ts";
import type { Versions } from "./check/history.ts";
import { Deliveries } from "./deliveries.ts";
import { planRounds } from "./plan.ts";
import { plantDefect } from "./plant.ts";
import type { Defect } from "./plant.ts";
import { Writer } from "./source.ts";
import { Trials } from "./trials.ts";
import { forgetLoads } from "./world/replay.ts";
import { Pipeline } from "./world/pipeline.ts";
import type { World } from "./world/world.ts";

export interface RunOptions {
  readonly seed: number;
  readonly faults: number;
  readonly plant: Defect | null;
  readonly say: (what: string) => void;
  readonly signal: AbortSignal;
}

export interface RunReport {
  /** Faults that were seen to happen. */
  readonly fired: number;
  readonly missed: readonly string[];
  readonly findings: Findings;
}

/** A step that an invocation does not reach is tried again with more work. */
const MOST_ATTEMPTS = 6;

/** All rounds of a run on a world that has just been started. */
export async function runFaults(world: World, options: RunOptions): Promise<RunReport> {
  const random = createRandom(options.seed).fork("run");
  const pipeline = new Pipeline(world, random.fork("pipeline"));
  await pipeline.must("migrate-warehouse", {});
  await pipeline.copy("copy", null);
  await pipeline.drain();
  return new Run(world, pipeline, random, options).run();
}

class Run {
  readonly #world: World;
  readonly #pipeline: Pipeline;
  readonly #random: Random;
  readonly #options: RunOptions;
  readonly #writer: Writer;
  readonly #trials: Trials;
  readonly #deliveries: Deliveries;
  readonly #tally = new Tally();
  readonly #missed: string[] = [];
  #fired = 0;
  #versions: Versions = new Map();

  constructor(world: World, pipeline: Pipeline, random: Random, options: RunOptions) {
    this.#world = world;
    this.#pipeline = pipeline;
    this.#random = random;
    this.#options = options;
    const writer = (this.#writer = new Writer(world, options.seed * 1_000));
    this.#trials = new Trials(pipeline, writer, random.fork("trials"));
    this.#deliveries = new Deliveries(pipeline, this.#trials, writer, random.fork("deliveries"));
  }

  async run(): Promise<RunReport> {
    const { seed, faults, plant, say, signal } = this.#options;
    const rounds = planRounds(seed, faults);
    const planted = this.#random.int(0, rounds.length - 1);
    this.#versions = await readVersions(this.#world);
    for (const [at, round] of rounds.entries()) {
      for (const fault of round) {
        signal.throwIfAborted();
        await this.#inject(fault);
        await this.#checkAlways(nameOf(fault));
      }
      signal.throwIfAborted();
      if (plant !== null && at === planted)
        say(`planted: ${await plantDefect(plant, this.#pipeline, this.#writer, this.#random)}`);
      await this.#pipeline.drain();
      this.#note(await checkAll(this.#world), `round ${at + 1}`);
      say(`round ${at + 1} of ${rounds.length}: ${this.#fired} faults, ${this.#summary()}`);
    }
    await this.#replay();
    say(`replayed everything: ${this.#summary()}`);
    return { fired: this.#fired, missed: this.#missed, findings: this.#tally };
  }

  async #inject(fault: Fault): Promise<void> {
    const name = nameOf(fault);
    const began = Date.now();
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      this.#options.signal.throwIfAborted();
      const hits =
        fault.how === "delivery" ? Number(await this.#deliveries.play(fault.what)) : await this.#cross(fault, attempt);
      await this.#world.settled();
      if (hits === 0) continue;
      this.#fired += 1;
      this.#options.say(
        `${this.#fired} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s${attempt > 0 ? `, attempt ${attempt + 1}` : ""})`,
      );
      return;
    }
    this.#missed.push(name);
    this.#options.say(`MISSED ${name}`);
  }

  /** One invocation with a trap set. @returns how many calls the trap has hit */
  async #cross({ point, kind }: Extract<Fault, { how: "crossing" }>, attempt: number): Promise<number> {
    const { traps, functions } = this.#world;
    const trial = await this.#trials.of(point.stage, attempt);
    const name = point.stage.startsWith("snapshot") ? "capture-snapshot" : point.stage;
    const target = functions.of(name as Parameters<typeof functions.of>[0]);
    traps.set({
      ...{ wire: point.wire, call: point.call, kind, kill: target.kill, nth: point.nth ?? 1 },
      // Once is what clients get over by themselves; more often, the invocation fails.
      times: kind === "refused" || kind === "unanswered" || kind === "unsent" ? this.#random.pick([1, 1, 4]) : 1,
      bytes: this.#random.int(1, 400),
    });
    await trial.run();
    const hits = traps.clear();
    await this.#world.settled();
    await trial.after();
    return hits;
  }

  async #checkAlways(after: string): Promise<void> {
    const { findings, versions } = await checkAlways(this.#world, this.#versions);
    this.#versions = versions;
    this.#note(findings, after);
  }

  /** Everything is delivered a second time, loaded a second time, and the star computed anew: no row may change. */
  async #replay(): Promise<void> {
    const before = await takeFingerprint(this.#world);
    this.#pipeline.delivery.rewind();
    for (const table of this.#world.tables) await forgetLoads(this.#world, table);
    await this.#pipeline.drain();
    await this.#pipeline.must("build-star", { action: "all" });
    this.#note(compareFingerprints(before, await takeFingerprint(this.#world)), "the replay");
    this.#note(await checkAll(this.#world), "the replay");
  }

  #note(found: Findings, after: string): void {
    for (const detail of found.details) this.#options.say(`AFTER ${after}: ${detail}`);
    this.#tally.add(found);
  }

  #summary(): string {
    const { lost, doubled, bent, rows } = this.#tally;
    return `${rows} rows compared, ${lost} lost, ${doubled} doubled, ${bent} bent`;
  }
}
