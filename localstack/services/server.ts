import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../../lambdas/core/errors.ts";
import { AwsError } from "./aws-error.ts";
import type { ApiService, CallContext } from "./call-context.ts";
import type { LifecycleAnswer } from "./cloudformation/lifecycle.ts";
import type { Log } from "./log.ts";
import { readRestInput } from "./msk/paths.ts";

/** How an API's members travel. REST-JSON has them in path, query and body; JSON 1.1 has one object in the body. */
type Protocol = "rest-json" | "json-1.1";

export interface HostedService {
  readonly protocol: Protocol;
  readonly service: ApiService;
}

export interface ServerDependencies {
  /** By the name botocore gives the service: what the forwarder sends in `x-millrace-service`. */
  readonly services: Readonly<Record<string, HostedService>>;
  readonly lifecycle: (body: unknown) => Promise<LifecycleAnswer>;
  readonly log: Log;
}

/** A whole MSK topic list or a Data API result page fits; more is a mistake. */
const BODY_LIMIT = 64 * 1024 * 1024;

/**
 * `GET /health`, `POST /cfn` (CloudFormation lifecycle), and every other request as a forwarded AWS API call named by
 * the `x-millrace-*` headers. Listens on 127.0.0.1 only.
 * @returns the server and the port it really has
 */
export async function startServer(
  port: number,
  dependencies: ServerDependencies,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    answer(request, response, dependencies).catch((error: unknown) => {
      dependencies.log.error("request failed", { path: request.url, error: messageOf(error) });
      if (!response.headersSent) send(response, 500, { error: messageOf(error) });
      else response.destroy();
    });
  });
  // Node's default of 5 s would close a kept-alive connection under the forwarder's next request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { services, lifecycle, log }: ServerDependencies,
): Promise<void> {
  const target = request.url ?? "/";
  if (request.method === "GET" && target === "/health") {
    send(response, 200, { ok: true });
    return;
  }
  const body = await readBody(request);
  if (request.method === "POST" && target === "/cfn") {
    send(response, 200, await lifecycle(parseJson(body)));
    return;
  }

  const operation = header(request, "x-millrace-operation");
  const hosted = services[header(request, "x-millrace-service")];
  const protocol = hosted?.protocol ?? "rest-json";
  const started = performance.now();
  try {
    if (hosted === undefined || operation === "") throw unknownCall(request);
    const context: CallContext = {
      region: header(request, "x-millrace-region"),
      account: header(request, "x-millrace-account"),
    };
    const input = protocol === "rest-json" ? readRestInput(operation, target, body) : readJsonInput(body);
    const output = await hosted.service.handle(operation, input, context);
    send(response, 200, output ?? {}, {}, protocol);
  } catch (error) {
    sendError(response, error, protocol, log.with({ operation, ms: Math.round(performance.now() - started) }));
  }
}

/** The error's name goes into the header and into `__type`: SDKs of both protocols find it. */
function sendError(response: ServerResponse, error: unknown, protocol: Protocol, log: Log): void {
  const known = error instanceof AwsError ? error : new AwsError("InternalServerException", messageOf(error), 500);
  log[known.statusCode >= 500 ? "error" : "info"]("call refused", {
    code: known.code,
    error: known.message,
    ...(error === known || !(error instanceof Error) ? {} : { stack: error.stack }),
  });
  const shape = { __type: known.code, message: known.message, ...known.fields };
  send(response, known.statusCode, shape, { "x-amzn-errortype": known.code }, protocol);
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  protocol: Protocol = "rest-json",
): void {
  const bytes = Buffer.from(JSON.stringify(body), "utf8");
  response.writeHead(status, {
    "content-type": protocol === "json-1.1" ? "application/x-amz-json-1.1" : "application/json",
    "content-length": bytes.length,
    ...headers,
  });
  response.end(bytes);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error(`The request is larger than ${BODY_LIMIT} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readJsonInput(body: Buffer): Readonly<Record<string, unknown>> {
  const parsed = body.length === 0 ? {} : parseJson(body);
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw new AwsError("SerializationException", "The request's body is not a JSON object.");
}

/** undefined for what is no JSON: the reader of the value says so in its own words. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function unknownCall(request: IncomingMessage): AwsError {
  const service = header(request, "x-millrace-service");
  const operation = header(request, "x-millrace-operation");
  return new AwsError(
    "UnknownOperationException",
    `No local service answers ${request.method ?? ""} ${request.url ?? ""} (service '${service}', operation '${operation}').`,
    404,
  );
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}
