import { randomInt } from "node:crypto";
import net from "node:net";
import { EngineError } from "./engine.ts";

/** The variables that fix a part's port; without one, a free port is taken. */
export const portVariables = {
  source: "MILLRACE_SOURCE_PORT",
  kafka: "MILLRACE_KAFKA_PORT",
  warehouse: "MILLRACE_WAREHOUSE_PORT",
  aws: "MILLRACE_AWS_PORT",
  services: "MILLRACE_SERVICES_PORT",
} as const;
export type PortOwner = keyof typeof portVariables;

/** Given out in this process and not yet listened on. */
const promised = new Set<number>();

/**
 * The port that a part shall listen on: the one asked for, else the one in the part's variable, else a free one.
 * A port that is asked for and taken is an error, never replaced in silence.
 */
export async function choosePort(owner: PortOwner, asked?: number): Promise<number> {
  const variable = portVariables[owner];
  const configured = asked ?? configuredPort(variable);
  if (configured === undefined || configured === 0) return freePort();
  if (!(await isFree(configured))) {
    throw new EngineError(
      `Port ${configured} for ${owner} is taken: stop what listens on 127.0.0.1:${configured}, or set ${variable} to a free port (unset, one is chosen).`,
    );
  }
  return configured;
}

function configuredPort(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new EngineError(`${variable}=${text} is not a port: give a number from 1 to 65535, or unset it.`);
}

/**
 * A free port on 127.0.0.1, below the range from which systems take the near end of outgoing connections: one from
 * that range can be gone again before the engine listens on it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(15_000, 30_000);
    if (!promised.has(port) && (await isFree(port))) {
      promised.add(port);
      return port;
    }
  }
  throw new EngineError("No free port between 15000 and 30000 on 127.0.0.1.");
}

/** @returns whether nothing listens on 127.0.0.1 at this port. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @returns whether something accepts connections on 127.0.0.1 at this port. */
export async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1" });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.setTimeout(1000, () => end(false));
  });
}
