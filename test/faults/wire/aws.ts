import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../../../localstack/services/aws-error.ts";
import type { Trap, Traps } from "./fault.ts";
import { describeCall } from "./aws-call.ts";
import type { AwsCall } from "./aws-call.ts";
import { refusalOf } from "./aws-refusal.ts";
import { serveOn } from "./listen.ts";
import type { Proxy } from "./listen.ts";

/** One finished answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** A service that the harness has in this process. @throws AwsError */
export type HostedService = (operation: string, body: Buffer, call: AwsCall) => Promise<unknown>;

/**
 * The AWS endpoint of the functions: calls go to the services of this process by name, the others to LocalStack. An
 * answer is complete before the client sees any of it, so that `killed-after` and `unanswered` mean done and not told.
 */
export async function startAwsProxy(
  port: number,
  endpoint: string,
  hosted: Readonly<Record<string, HostedService>>,
  traps: Traps,
): Promise<Proxy> {
  const server = createServer((request, response) => {
    serve(request, response, { endpoint: new URL(endpoint), hosted, traps }).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 120_000;
  return serveOn(port, server, () => server.closeAllConnections());
}

interface Context {
  readonly endpoint: URL;
  readonly hosted: Readonly<Record<string, HostedService>>;
  readonly traps: Traps;
}

async function serve(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const call = describeCall(request, body);
  const trap = context.traps.hit("aws", call.text);
  if (trap !== null && (await stopsBefore(trap, call, request, response))) return;
  const hosted = context.hosted[call.service];
  const answer = hosted === undefined ? await forward(request, body, context.endpoint) : await host(hosted, body, call);
  if (trap?.kind === "killed-after") trap.kill();
  if (trap?.kind === "killed-after" || trap?.kind === "unanswered") {
    request.socket.destroy();
    return;
  }
  send(response, answer);
}

/** @returns whether the call ends here, without having been forwarded */
async function stopsBefore(
  trap: Trap,
  call: AwsCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (trap.kind) {
    case "refused":
      send(response, refusalOf(call, trap.bytes));
      return true;
    case "killed-before":
      trap.kill();
      request.socket.destroy();
      return true;
    case "unsent":
      request.socket.destroy();
      return true;
    default:
      return false;
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers } as Record<string, string | string[]>);
  response.end(body);
}

async function host(service: HostedService, body: Buffer, call: AwsCall): Promise<Answer> {
  const json = (status: number, value: unknown, code?: string): Answer => ({
    status,
    headers: { "content-type": call.contentType, ...(code !== undefined && { "x-amzn-errortype": code }) },
    body: Buffer.from(value === undefined ? "" : JSON.stringify(value)),
  });
  try {
    return json(200, await service(call.operation, body, call));
  } catch (error) {
    if (!(error instanceof AwsError)) return json(500, { __type: "InternalServerException", message: String(error) });
    const { code, message, fields, statusCode } = error;
    return json(statusCode, { __type: code, message, ...fields }, code);
  }
}

const HOP_BY_HOP: ReadonlySet<string> = new Set(["transfer-encoding", "connection", "keep-alive"]);

/** The same request to LocalStack: the host header stays, for it is signed. */
function forward(request: IncomingMessage, body: Buffer, endpoint: URL): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = request;
    const onward = httpRequest(
      { host: endpoint.hostname, port: endpoint.port, method, path: url, headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          // Of the connection, not of the answer.
          const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name));
          resolve({
            status: answer.statusCode ?? 502,
            headers: Object.fromEntries(kept) as Record<string, string>,
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    onward.on("error", reject);
    onward.end(body);
  });
}
