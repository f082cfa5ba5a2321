import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { startPostgres } from "../../../../localstack/engines/postgres.ts";
import { AwsError } from "../../../../localstack/services/aws-error.ts";
import { createRedshiftData, type RedshiftDataOptions } from "../../../../localstack/services/redshift-data/service.ts";
import type { ObjectStore } from "../../../../localstack/services/sql/copy/object-store.ts";

export const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** Objects in memory in place of S3; `put` takes `s3://bucket/key`. */
export class MemoryObjects implements ObjectStore {
  readonly files = new Map<string, Buffer>();

  put(url: string, body: Buffer | string): void {
    this.files.set(url.slice("s3://".length), Buffer.from(body));
  }

  async read({ bucket, key }: { bucket: string; key: string }): Promise<Readable | null> {
    const body = this.files.get(`${bucket}/${key}`);
    return body === undefined ? null : Readable.from([body]);
  }

  async list({ bucket, key }: { bucket: string; key: string }) {
    return [...this.files]
      .filter(([name]) => name.startsWith(`${bucket}/${key}`))
      .map(([name, body]) => ({ bucket, key: name.slice(bucket.length + 1), size: body.length }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async write({ bucket, key }: { bucket: string; key: string }, body: Buffer): Promise<void> {
    this.files.set(`${bucket}/${key}`, body);
  }
}

export interface Warehouse {
  readonly url: string;
  readonly database: string;
  readonly folder: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own in a temporary folder. */
export async function startWarehouse(): Promise<Warehouse> {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-redshift-"));
  const engine = await startPostgres({ dataDir: folder });
  return {
    url: engine.endpoint,
    database: new URL(engine.endpoint).pathname.slice(1),
    folder,
    stop: async () => {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface DataApi {
  readonly client: RedshiftDataClient;
  readonly objects: MemoryObjects;
  readonly endpoint: string;
  close(): Promise<void>;
}

/** The Data API on a port of its own, and the SDK's client pointed at it. */
export async function startDataApi(warehouse: Warehouse, extra: Partial<RedshiftDataOptions> = {}): Promise<DataApi> {
  const objects = new MemoryObjects();
  const service = await createRedshiftData({
    warehouseUrl: warehouse.url,
    s3: { endpoint: "http://127.0.0.1:1", region: "us-east-1", credentials: CREDENTIALS },
    dataDir: warehouse.folder,
    objects,
    ...extra,
  });
  const server = serveJson((operation, input) =>
    service.handle(operation, input, { region: "us-east-1", account: "000000000000" }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new RedshiftDataClient({
    endpoint,
    region: "us-east-1",
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  return {
    client,
    objects,
    endpoint,
    close: async () => {
      client.destroy();
      await service.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** AWS JSON 1.1 over HTTP, as far as a test needs it. */
export function serveJson(handle: (operation: string, input: unknown) => Promise<unknown>): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1", ...headers });
        response.end(JSON.stringify(body));
      };
      handle(operation, JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}")).then(
        (output) => answer(200, output),
        (error: unknown) => {
          if (!(error instanceof AwsError)) answer(500, { __type: "InternalServerException", message: String(error) });
          else
            answer(
              error.statusCode,
              { __type: error.code, message: error.message, ...error.fields },
              { "x-amzn-errortype": error.code },
            );
        },
      );
    });
  });
}
