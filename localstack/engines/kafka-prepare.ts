/** Run by setup: `node --import tsx localstack/engines/kafka-prepare.ts TARGET`. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { prepareKafka } from "./kafka.ts";

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error("Give the folder to prepare.");
await prepareKafka(target, await mkdtemp(path.join(tmpdir(), "millrace-kafka-")));
