import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startLocalStack } from "../../../localstack/engines/localstack.ts";

/** What the extension sent to the project's services. */
export interface ServiceCall {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface CloudUnderTest {
  readonly engine: RunningEngine;
  /** Settings for every AWS SDK client. */
  readonly client: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  readonly calls: ServiceCall[];
  /** Where all that it writes belongs. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** LocalStack with the extension, and a recorder in the place of the project's services. */
export async function startCloudUnderTest(answer: (call: ServiceCall) => unknown): Promise<CloudUnderTest> {
  const calls: ServiceCall[] = [];
  const server = http.createServer((request, response) => {
    void text(request).then((raw) => {
      const body = raw === "" ? {} : (JSON.parse(raw) as Record<string, unknown>);
      const call = { path: request.url ?? "", headers: request.headers, body };
      calls.push(call);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer(call)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The recorder has no port.");
  const dataDir = await mkdtemp(path.join(tmpdir(), "millrace-extension-"));
  const close = () => new Promise((resolve) => server.close(resolve));
  const servicesEndpoint = `http://127.0.0.1:${address.port}`;
  const engine = await startLocalStack({ dataDir, servicesEndpoint }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    engine,
    client: {
      endpoint: engine.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    },
    calls,
    dataDir,
    stop: async () => {
      await engine.stop();
      await close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Asks again until the answer is there; fails after a bound that only a hang reaches. */
export async function eventually<T>(ask: () => Promise<T | undefined>, seconds = 30): Promise<T> {
  for (const started = Date.now(); Date.now() - started < seconds * 1000;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No answer within ${seconds} s.`);
}
