import { z } from "zod";
import type { ObjectStore } from "../../lambdas/core/ports.ts";
import { definitionKey } from "../../lambdas/core/state-keys.ts";
import { definitionHash, fileDefinition } from "../../schemas/hash.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { topicName } from "../../schemas/naming.ts";
import { CommandError } from "../errors.ts";
import { lineMatcher } from "./lines.ts";
import type { Remove } from "./lines.ts";
import type { Sought } from "./person.ts";

/** Later than every version. */
const ANY_VERSION = "~";

const stored = z.object({ table: z.object({ columns: z.record(z.string(), z.unknown()) }) });

/**
 * Which lines are the person's, by the definition that each was written under: where its columns stand in a line is
 * nowhere else to be seen, and under another one a neighbouring column would be taken for the key.
 */
export class Definitions {
  private readonly sought: Sought;
  private readonly landing: Pick<ObjectStore, "bucket" | "get">;
  /** By hash and version; null is the definition of now. */
  private readonly removers = new Map<string, Remove>();

  constructor(sought: Sought, landing: Pick<ObjectStore, "bucket" | "get">) {
    this.sought = sought;
    this.landing = landing;
  }

  /**
   * @param hash null: not noted, which older lines and copies lack; taken for the definition of now
   * @param version lines up to this version only; @default - all
   * @throws CommandError when the definition is gone
   */
  async remover(hash: string | null, version = ANY_VERSION): Promise<Remove> {
    const id = `${hash} ${version}`;
    const remover = this.removers.get(id) ?? lineMatcher(this.sought, await this.tableOf(hash), version);
    this.removers.set(id, remover);
    return remover;
  }

  private async tableOf(hash: string | null): Promise<AnyTable> {
    const { table } = this.sought;
    if (hash === null || hash === definitionHash(fileDefinition(table))) return table;
    const key = definitionKey(hash);
    const object = await this.landing.get(key);
    if (object === null) {
      throw new CommandError(
        `Rows of ${topicName(table)} were written under definition ${hash}, but s3://${this.landing.bucket}/${key} is missing: put it back, or delete the objects under d=${hash} and the quarantined lines that name it.`,
      );
    }
    const { columns } = stored.parse(JSON.parse(object.body.toString("utf8"))).table;
    return { ...table, columns: columns as AnyTable["columns"] };
  }
}
