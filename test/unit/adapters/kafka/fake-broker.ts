import net from "node:net";
import { Encoder } from "../../../../lambdas/adapters/kafka/wire/encoder.ts";
import { Decoder } from "../../../../lambdas/adapters/kafka/wire/decoder.ts";

/** A produce request as the broker saw it. */
export interface Produced {
  readonly topic: string;
  readonly partition: number;
  readonly sequence: number;
  readonly count: number;
}

/** What to do with a request: an error code, or break the connection before or after writing. */
export type Answer = number | "drop-before" | "drop-after";

const i64 = (encoder: Encoder, value: bigint): void => {
  encoder.i32(Number(value >> 32n)).i32(Number(BigInt.asIntN(32, value)));
};

/** Speaks just enough of the protocol to be a leader with two partitions whose answers a test chooses. */
export class FakeBroker {
  readonly written: Produced[] = [];
  /** Answers to the next produce requests; 0 afterwards. */
  readonly answers: Answer[] = [];
  requests = 0;
  connections = 0;
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();

  private constructor() {
    this.server = net.createServer((socket) => this.serve(socket));
  }

  static async start(): Promise<FakeBroker> {
    const broker = new FakeBroker();
    await new Promise<void>((resolve) => broker.server.listen(0, "127.0.0.1", resolve));
    return broker;
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: net.Socket): void {
    this.connections += 1;
    this.sockets.add(socket);
    let bytes = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const size = bytes.readInt32BE(0);
        this.handle(socket, bytes.subarray(4, 4 + size));
        bytes = bytes.subarray(4 + size);
      }
    });
  }

  private handle(socket: net.Socket, request: Buffer): void {
    const d = new Decoder(request);
    const api = d.i16();
    d.i16();
    const correlation = d.i32();
    d.string();
    const body = api === 0 ? this.produce(socket, d) : new FakeAnswers(this.port).answer(api);
    if (body === null) return;
    const answer = Buffer.alloc(8 + body.length);
    answer.writeInt32BE(body.length + 4, 0);
    answer.writeInt32BE(correlation, 4);
    body.copy(answer, 8);
    socket.write(answer);
  }

  private produce(socket: net.Socket, d: Decoder): Buffer | null {
    this.requests += 1;
    const answer = this.answers.shift() ?? 0;
    d.string();
    d.i16();
    d.i32();
    const parts = d.array(() => {
      const topic = d.string() ?? "";
      return d.array(() => {
        const partition = d.i32();
        const batch = d.bytes();
        return { topic, partition, sequence: batch.readInt32BE(53), count: batch.readInt32BE(57) };
      });
    });
    if (answer === 0 || answer === "drop-after") this.written.push(...parts.flat());
    if (typeof answer === "string") {
      socket.destroy();
      return null;
    }
    const e = new Encoder();
    e.array(parts.flat(), ({ topic, partition }) => {
      e.string(topic).i32(1).i32(partition).i16(answer);
      for (let n = 0; n < 3; n += 1) i64(e, 0n);
      e.i32(0).string(null);
    });
    return e.i32(0).finish();
  }
}

/** The answers that are always the same. */
class FakeAnswers {
  private readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  answer(api: number): Buffer {
    const e = new Encoder();
    switch (api) {
      case 18:
        return e
          .i16(0)
          .array([0, 3, 18, 22], (key) => e.i16(key).i16(0).i16(9))
          .finish();
      case 22:
        i64(e.i32(0).i16(0), 77n);
        return e.i16(0).finish();
      default:
        e.i32(0).i32(1).i32(1).string("127.0.0.1").i32(this.port).string(null).string("fake").i32(1);
        e.array(["t"], (topic) => {
          e.i16(0).string(topic).i8(0);
          e.array([0, 1], (partition) => e.i16(0).i32(partition).i32(1).i32(0).i32(0).i32(0).i32(0));
          e.i32(0);
        });
        return e.i32(0).finish();
    }
  }
}
