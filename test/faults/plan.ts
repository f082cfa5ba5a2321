import { createRandom } from "../../localstack/demo/generator/random.ts";
import type { Random } from "../../localstack/demo/generator/random.ts";
import { ALL_FAULTS, STAGES } from "./catalogue.ts";
import type { Fault } from "./catalogue.ts";

/** Faults of one round: injected one after the other, then the pipeline is drained and everything is compared. */
export type Round = readonly Fault[];

const PER_ROUND = 12;

/**
 * The faults of a run in seeded order. Whole catalogues first; what is left of the count is drawn from one. Within a
 * round the stages follow the way of a row, so that one has work from the one before.
 */
export function planRounds(seed: number, count: number): readonly Round[] {
  const random = createRandom(seed).fork("plan");
  const faults: Fault[] = [];
  while (faults.length < count) faults.push(...shuffledEvenly(random).slice(0, count - faults.length));
  const rounds: Fault[][] = [];
  for (let at = 0; at < faults.length; at += PER_ROUND) rounds.push(faults.slice(at, at + PER_ROUND));
  return rounds.map((round) => random.shuffled(round).sort((a, b) => placeOf(a) - placeOf(b)));
}

/** The whole catalogue so that any beginning of it has something of every stage: each stage's faults spread evenly. */
function shuffledEvenly(random: Random): readonly Fault[] {
  const groups = Map.groupBy(random.shuffled(ALL_FAULTS), stageOf);
  return [...groups.values()]
    .flatMap((faults) => faults.map((fault, i) => ({ fault, at: (i + random.next()) / faults.length })))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault);
}

const stageOf = (fault: Fault): string => (fault.how === "delivery" ? "delivery" : fault.point.stage);

/** Deliveries come last. */
function placeOf(fault: Fault): number {
  return fault.how === "delivery" ? STAGES.length : STAGES.indexOf(fault.point.stage);
}
