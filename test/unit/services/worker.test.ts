import { describe, expect, it } from "@jest/globals";
import { createLog } from "../../../localstack/services/log.ts";
import { sleep } from "../../../localstack/services/sleep.ts";
import { runWorker } from "../../../localstack/services/worker.ts";

describe("running a worker", () => {
  it("goes on through an outage, says it once at its beginning and once at its end, and stops", async () => {
    const lines: string[] = [];
    let ticks = 0;
    let reached: () => void = () => undefined;
    const enough = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const stopped: string[] = [];
    const stop = runWorker(
      {
        name: "w",
        tick: async () => {
          ticks += 1;
          if (ticks === 6) reached();
          if (ticks >= 2 && ticks <= 4) throw new Error("refused");
        },
        stop: async () => void stopped.push("stopped"),
      },
      1,
      sleep,
      createLog((line) => lines.push(line)),
    );
    await enough;
    await stop();
    const after = ticks;
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(["waits", "works again"]);
    await sleep(20);
    expect(ticks).toBe(after);
    expect(stopped).toEqual(["stopped"]);
  });
});
