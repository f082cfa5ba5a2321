import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { node, root } from "../../../localstack/engines/paths.ts";

const BOOTSTRAP = path.join(root, "localstack", "extension", "millrace_localstack", "bootstrap.mjs");
/** As in lib/config.ts: what functions see in their context. */
const TIMEOUT_MS = 300_000;

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: "answered"; readonly value: unknown }
  | { readonly kind: "failed"; readonly type: string; readonly message: string }
  /** The process is gone, by SIGKILL or by its own end. */
  | { readonly kind: "ended"; readonly how: string };

export interface FunctionOptions {
  readonly name: string;
  /** Folder of the bundle: `index.mjs`. */
  readonly code: string;
  readonly environment: Readonly<Record<string, string>>;
  /** File that the function's lines are appended to. */
  readonly log: string;
}

interface Waiting {
  readonly id: string;
  readonly event: string;
  readonly done: (outcome: Outcome) => void;
}

/**
 * One Lambda execution environment: the real bundle in a process of its own behind a Runtime API, kept warm from one
 * invocation to the next as on AWS, and started again when it has ended.
 */
export class LambdaFunction {
  readonly #options: FunctionOptions;
  #server: Server | null = null;
  #child: ChildProcess | null = null;
  /** The process's long poll for its next event. */
  #poll: ServerResponse | null = null;
  #current: Waiting | null = null;

  constructor(options: FunctionOptions) {
    this.#options = options;
  }

  /** Runs the handler once. Invocations of one environment do not overlap. */
  async invoke(event: unknown, timeoutMs = TIMEOUT_MS): Promise<Outcome> {
    if (this.#current !== null) throw new Error(`${this.#options.name} is invoked while it runs`);
    const server = (this.#server ??= await this.#listen());
    return new Promise<Outcome>((resolve) => {
      const timer = setTimeout(() => this.kill(), timeoutMs);
      this.#current = {
        id: randomUUID(),
        event: JSON.stringify(event),
        done: (outcome) => {
          clearTimeout(timer);
          this.#current = null;
          resolve(outcome);
        },
      };
      if (this.#child === null) this.#start((server.address() as AddressInfo).port);
      this.#handOut();
    });
  }

  /** Starts the process, so that the next invocation finds it warm. */
  async warm(): Promise<void> {
    const server = (this.#server ??= await this.#listen());
    if (this.#child === null) this.#start((server.address() as AddressInfo).port);
  }

  /** SIGKILL, at once. */
  readonly kill = (): void => {
    this.#child?.kill("SIGKILL");
  };

  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== null) {
      const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
      child.kill("SIGKILL");
      await gone;
    }
    this.#server?.closeAllConnections();
    this.#server?.close();
    this.#server = null;
  }

  #start(port: number): void {
    const { name, code, environment, log } = this.#options;
    const out = openSync(log, "a");
    const child = spawn(node, ["--enable-source-maps", BOOTSTRAP], {
      cwd: code,
      // The fourth is the lifeline: it closes when the harness ends, however it ends.
      stdio: ["ignore", out, out, "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "/usr/bin:/bin",
        HOME: process.env["HOME"] ?? "/tmp",
        TZ: ":UTC",
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_FUNCTION_NAME: name,
        LAMBDA_TASK_ROOT: code,
        _HANDLER: "index.handler",
        MILLRACE_LIFELINE: "3",
        ...environment,
      },
    });
    closeSync(out);
    this.#child = child;
    child.once("close", (exit, signal) => {
      this.#child = null;
      this.#poll = null;
      this.#current?.done({ kind: "ended", how: signal ?? `exit status ${exit ?? 0}` });
    });
  }

  async #listen(): Promise<Server> {
    const server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    server.keepAliveTimeout = 600_000;
    server.requestTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = (request.url ?? "").replace("/2018-06-01/runtime/", "");
    if (call === "invocation/next") {
      this.#poll = response;
      this.#handOut();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    response.writeHead(202).end();
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8") || "null") as unknown;
    const current = this.#current;
    if (current === null) return;
    if (call.endsWith("/response")) {
      current.done({ kind: "answered", value: body });
      return;
    }
    const { errorType = "Error", errorMessage = "" } = body as { errorType?: string; errorMessage?: string };
    current.done({ kind: "failed", type: errorType, message: errorMessage });
  }

  #handOut(): void {
    const [poll, current] = [this.#poll, this.#current];
    if (poll === null || current === null) return;
    this.#poll = null;
    poll.writeHead(200, {
      "lambda-runtime-aws-request-id": current.id,
      "lambda-runtime-deadline-ms": String(Date.now() + TIMEOUT_MS),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:us-east-1:000000000000:function:${this.#options.name}`,
    });
    poll.end(current.event);
  }
}
