import type { Random } from "../../localstack/demo/generator/random.ts";
import { historyName, mirrorName } from "../../schemas/naming.ts";
import type { Writer } from "./source.ts";
import type { Pipeline } from "./world/pipeline.ts";

/** Defects that the harness must find by its ordinary comparison. */
export const DEFECTS = ["lost", "doubled", "bent"] as const;
export type Defect = (typeof DEFECTS)[number];

/** Puts one defect of a kind into a random place. @returns what it was */
export async function plantDefect(defect: Defect, pipeline: Pipeline, writer: Writer, random: Random): Promise<string> {
  const { world } = pipeline;
  await pipeline.drain();
  const table = random.pick(world.tables.filter(({ key }) => key !== "none"));
  switch (defect) {
    case "lost": {
      await writer.burst(16);
      await pipeline.captureAll();
      await world.topics.catchUp();
      pipeline.delivery.loseOne();
      return "a record between topic and object is gone";
    }
    case "doubled": {
      const name = historyName(table);
      await world.ask(`INSERT INTO ${name} SELECT * FROM ${name} ORDER BY RANDOM() LIMIT 1`);
      return `a version in ${name} is there twice`;
    }
    case "bent": {
      const name = mirrorName(table);
      const columns = Object.keys(table.columns).filter((column) => !table.key.includes(column));
      for (const column of random.shuffled(columns)) {
        const changed = await world.ask(`UPDATE ${name} SET "${column}" = NULL WHERE ctid = (
          SELECT ctid FROM ${name} WHERE NOT _deleted AND "${column}" IS NOT NULL ORDER BY RANDOM() LIMIT 1) RETURNING 1`);
        if (changed.length > 0) return `a cell of ${name}.${column} is changed`;
      }
      throw new Error(`there is no cell in ${name} to change`);
    }
  }
}
