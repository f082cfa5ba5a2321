import net from "node:net";

const METADATA = 3;
/** The oldest version of the request that Kafka 4 still answers. */
const METADATA_VERSION = 4;

/**
 * Asks a broker for its cluster: ready is when it has registered with a controller, not when its socket opens.
 * One small request of Kafka's protocol, because a client library retries, logs and keeps timers where a probe must not.
 */
export async function hasController(port: number): Promise<boolean> {
  const answer = await ask(port, metadataRequest());
  let at = 4 + 4; // correlation id, throttle time
  const brokers = answer.readInt32BE(at);
  at += 4;
  for (let i = 0; i < brokers; i++) {
    at = afterString(answer, at + 4); // node id, host
    at = afterString(answer, at + 4); // port, rack
  }
  const controller = answer.readInt32BE(afterString(answer, at)); // cluster id
  return brokers > 0 && controller >= 0;
}

function metadataRequest(): Buffer {
  const client = Buffer.from("millrace-probe");
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + 4 + 1);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(METADATA, 4);
  request.writeInt16BE(METADATA_VERSION, 6);
  request.writeInt32BE(1, 8); // correlation id
  request.writeInt16BE(client.length, 12);
  client.copy(request, 14);
  // What follows stays zero: no topics, and none to be created.
  return request;
}

/** A string is its length, -1 for none, and its bytes. */
function afterString(buffer: Buffer, at: number): number {
  return at + 2 + Math.max(0, buffer.readInt16BE(at));
}

/** Sends one request and returns the answer without its length. */
async function ask(port: number, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: "127.0.0.1" }, () => socket.write(request));
    let received = Buffer.alloc(0);
    socket.setTimeout(2000, () => socket.destroy(new Error("the broker does not answer")));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      resolve(received.subarray(4));
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the broker closed the connection")));
  });
}
