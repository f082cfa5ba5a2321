import type { Random } from "../../localstack/demo/generator/random.ts";
import { historyName, mirrorName } from "../../schemas/naming.ts";
import type { Pipeline } from "./world/pipeline.ts";

/** Defects that the harness must find by its ordinary comparison. */
export const DEFECTS = ["lost", "doubled", "bent"] as const;
export type Defect = (typeof DEFECTS)[number];

/** Puts one defect of a kind into a random place. @returns what it was */
export async function plantDefect(defect: Defect, pipeline: Pipeline, random: Random): Promise<string> {
  const { world } = pipeline;
  await pipeline.drain();
  const table = random.pick(world.tables.filter(({ key }) => key !== "none"));
  const [key = ""] = table.key === "none" ? [] : table.key;
  const mirror = mirrorName(table);
  const [row] = await world.ask(
    `SELECT ctid::text AS place FROM ${mirror} WHERE NOT _deleted ORDER BY RANDOM() LIMIT 1`,
  );
  const place = row?.["place"] ?? "";
  switch (defect) {
    case "lost":
      await world.ask(`DELETE FROM ${mirror} WHERE ctid = '${place}'`);
      return `a row of ${mirror} is gone`;
    case "doubled":
      await world.ask(
        `INSERT INTO ${historyName(table)} SELECT * FROM ${historyName(table)} ORDER BY RANDOM() LIMIT 1`,
      );
      return `a version in ${historyName(table)} is there twice`;
    case "bent": {
      const column = Object.keys(table.columns).find((name) => name !== key) ?? key;
      await world.ask(`UPDATE ${mirror} SET "${column}" = NULL WHERE ctid = '${place}'`);
      return `a cell of ${mirror}.${column} is changed`;
    }
  }
}
