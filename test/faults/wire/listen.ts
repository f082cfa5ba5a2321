import net from "node:net";

/** A proxy that listens on 127.0.0.1. */
export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. */
export async function listen(port: number, accept: (socket: net.Socket) => void): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
