import net from "node:net";
import { Frames } from "./frames.ts";
import type { Trap, Traps } from "./fault.ts";
import { listen } from "./listen.ts";
import type { Proxy } from "./listen.ts";

/** https://kafka.apache.org/protocol#protocol_api_keys */
const CALLS: Readonly<Record<number, string>> = {
  0: "Produce",
  1: "Fetch",
  2: "ListOffsets",
  3: "Metadata",
  18: "ApiVersions",
  22: "InitProducerId",
};

/** Length of the field that says how long a request or an answer is. */
const SIZE = 4;

/** In front of the broker: sees each request by its API key, and each answer by its correlation id. */
export async function startKafkaProxy(port: number, upstreamPort: number, traps: Traps): Promise<Proxy> {
  return listen(port, (client) => {
    const broker = net.connect(upstreamPort, "127.0.0.1");
    const awaited = new Map<number, Trap>();
    const cut = (): void => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) socket.on("error", cut).on("close", cut).setNoDelay(true);

    const requests = new Frames(SIZE, (head) => head.readInt32BE(0) + SIZE);
    client.on("data", (chunk: Buffer) => {
      for (const frame of requests.push(chunk)) {
        const api = frame.readInt16BE(SIZE);
        const trap = traps.hit("kafka", CALLS[api] ?? `Api${api}`);
        if (trap === null) {
          broker.write(frame);
          continue;
        }
        switch (trap.kind) {
          case "killed-before":
            trap.kill();
            {
              cut();
              return;
            }
          case "engine-killed":
            traps.crash("kafka");
            {
              cut();
              return;
            }
          case "killed-after":
          case "unanswered":
            awaited.set(frame.readInt32BE(SIZE + 4), trap);
            broker.write(frame);
            continue;
          default: {
            cut();
            return;
          }
        }
      }
    });

    const answers = new Frames(SIZE, (head) => head.readInt32BE(0) + SIZE);
    broker.on("data", (chunk: Buffer) => {
      for (const frame of answers.push(chunk)) {
        const trap = awaited.get(frame.readInt32BE(SIZE));
        if (trap === undefined) {
          client.write(frame);
          continue;
        }
        if (trap.kind === "killed-after") trap.kill();
        cut();
        return;
      }
    });
  });
}
