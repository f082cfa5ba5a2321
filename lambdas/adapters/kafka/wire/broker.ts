import net from "node:net";
import tls from "node:tls";
import { iamToken } from "../connection.ts";
import type { KafkaConnection } from "../connection.ts";
import { KafkaAccessError, KafkaConnectionError, KafkaProtocolError } from "../errors.ts";
import { Encoder } from "./encoder.ts";
import {
  API,
  readApiVersions,
  readSaslAuthenticate,
  readSaslHandshake,
  saslAuthenticateRequest,
  saslHandshakeRequest,
} from "./requests.ts";
import type { Api } from "./requests.ts";

const CLIENT_ID = "millrace";
const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 40_000;
/** A session is left this long before its token ends. */
const LIFETIME_SHARE = 0.8;

interface Pending {
  resolve(answer: Buffer): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** One connection to one broker: requests are pipelined, answers come in order by correlation id. */
export class BrokerConnection {
  readonly address: string;
  private readonly socket: net.Socket;
  private readonly pending = new Map<number, Pending>();
  private chunks: Buffer[] = [];
  private have = 0;
  private correlation = 0;
  private failure: Error | null = null;
  private staleAt = Infinity;

  private constructor(address: string, socket: net.Socket) {
    this.address = address;
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("the broker closed the connection")));
  }

  /**
   * Connects, checks that the broker speaks our versions, and authenticates when the stage says so.
   * @throws KafkaConnectionError, KafkaAccessError, KafkaProtocolError
   */
  static async open(host: string, port: number, connection: KafkaConnection): Promise<BrokerConnection> {
    const address = `${host}:${port}`;
    const broker = new BrokerConnection(address, await connectSocket(host, port, connection));
    try {
      await broker.checkVersions();
      if (connection.auth === "iam") await broker.authenticate(connection.region);
      return broker;
    } catch (error) {
      broker.close();
      throw error;
    }
  }

  /** False once it broke, or when its session is about to end and nothing is under way. */
  get usable(): boolean {
    return this.failure === null && (Date.now() < this.staleAt || this.pending.size > 0);
  }

  get inFlight(): number {
    return this.pending.size;
  }

  /** Sends a request. @returns the answer's body @throws KafkaConnectionError */
  request(api: Api, body: readonly Buffer[]): Promise<Buffer> {
    const { failure } = this;
    if (failure !== null) return Promise.reject(failure);
    const id = (this.correlation = (this.correlation + 1) & 0x7fffffff);
    const header = new Encoder().i16(api.key).i16(api.version).i32(id).string(CLIENT_ID).finish();
    const size = Buffer.allocUnsafe(4);
    size.writeInt32BE(body.reduce((sum, piece) => sum + piece.length, header.length));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail(new Error(`no answer within ${REQUEST_TIMEOUT_MS} ms`)),
        REQUEST_TIMEOUT_MS,
      );
      this.pending.set(id, { resolve, reject, timer });
      this.socket.cork();
      this.socket.write(size);
      this.socket.write(header);
      for (const piece of body) this.socket.write(piece);
      this.socket.uncork();
    });
  }

  close(): void {
    this.fail(new Error("closed"));
  }

  private async checkVersions(): Promise<void> {
    const versions = readApiVersions(await this.request(API.apiVersions, []));
    for (const [name, { key, version }] of Object.entries(API)) {
      if (name.startsWith("sasl")) continue;
      const range = versions.get(key);
      if (range === undefined || version < range.min || version > range.max) {
        throw new KafkaProtocolError(
          `broker ${this.address} does not speak ${name} version ${version}: Kafka 2.4 or newer is needed`,
        );
      }
    }
  }

  /** SASL/OAUTHBEARER with a token of the execution role (RFC 7628). */
  private async authenticate(region: string): Promise<void> {
    if (readSaslHandshake(await this.request(API.saslHandshake, [saslHandshakeRequest("OAUTHBEARER")])) !== 0) {
      throw new KafkaAccessError(`broker ${this.address} does not take OAUTHBEARER: use the IAM listener`);
    }
    const { value } = await iamToken(region);
    const token = Buffer.from(`n,,\u0001auth=Bearer ${value}\u0001\u0001`);
    const answer = readSaslAuthenticate(await this.request(API.saslAuthenticate, [saslAuthenticateRequest(token)]));
    if (answer.error !== 0) {
      throw new KafkaAccessError(`broker ${this.address} refused the role's token: ${answer.message ?? answer.error}`);
    }
    if (answer.lifetimeMs > 0) this.staleAt = Date.now() + answer.lifetimeMs * LIFETIME_SHARE;
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.have += chunk.length;
    while (this.have >= 4) {
      if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
      const all = this.chunks[0] as Buffer;
      const size = all.readInt32BE(0);
      if (all.length < size + 4) return;
      this.settle(all.readInt32BE(4), all.subarray(8, size + 4));
      this.chunks = [all.subarray(size + 4)];
      this.have = all.length - size - 4;
    }
  }

  private settle(id: number, answer: Buffer): void {
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    this.pending.delete(id);
    clearTimeout(pending.timer);
    pending.resolve(answer);
  }

  private fail(cause: Error): void {
    if (this.failure !== null) return;
    this.failure = new KafkaConnectionError(`The connection to broker ${this.address} ended: ${cause.message}`, {
      cause,
    });
    this.socket.destroy();
    for (const pending of this.pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(this.failure);
    }
    this.pending.clear();
  }
}

async function connectSocket(host: string, port: number, connection: KafkaConnection): Promise<net.Socket> {
  const secure = connection.auth === "iam";
  const socket = secure ? tls.connect({ host, port, servername: host }) : net.connect({ host, port });
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(new KafkaConnectionError(`Broker ${host}:${port} cannot be reached: ${error.message}`, { cause: error }));
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`)));
    socket.once("error", fail);
    socket.once(secure ? "secureConnect" : "connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.off("error", fail);
      resolve(socket);
    });
  });
}
