import { setTimeout as wait } from "node:timers/promises";
import type { Sleep } from "../../lambdas/core/ports.ts";

export const sleep: Sleep = async (ms, signal) => {
  await wait(ms, undefined, signal === undefined ? {} : { signal });
};
