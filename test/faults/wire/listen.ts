import net from "node:net";

/** A proxy that listens on 127.0.0.1. */
export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 for connections, and ends them when it closes. */
export async function listen(port: number, accept: (socket: net.Socket) => void): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    accept(socket);
  });
  return serveOn(port, server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** @param endConnections a server is not closed before its connections are */
export async function serveOn(port: number, server: net.Server, endConnections: () => void): Promise<Proxy> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      endConnections();
      await closed;
    },
  };
}

/** A connection to the server behind a client's; they end together, with `cut` at the latest. */
export function connectBehind(
  client: net.Socket,
  port: number,
): { readonly server: net.Socket; readonly cut: () => void } {
  const server = net.connect(port, "127.0.0.1");
  const cut = (): void => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on("error", cut).on("close", cut).setNoDelay(true);
  return { server, cut };
}
