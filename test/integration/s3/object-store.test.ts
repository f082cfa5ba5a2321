import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { RunningEngine } from "../../../localstack/engines/engine.ts";
import { startLocalStack } from "../../../localstack/engines/localstack.ts";
import { createObjectStore } from "../../../lambdas/adapters/s3/index.ts";
import { FencedError, TransientError } from "../../../lambdas/core/errors.ts";
import type { ObjectStore } from "../../../lambdas/core/ports.ts";

describe("one bucket through the S3 API", () => {
  let folder: string;
  let engine: RunningEngine;
  let client: S3Client;
  let store: ObjectStore;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-s3-"));
    engine = await startLocalStack({ dataDir: folder, servicesEndpoint: "http://127.0.0.1:1" });
    client = new S3Client({
      endpoint: engine.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await client.send(new CreateBucketCommand({ Bucket: "store" }));
    store = createObjectStore("store", client);
  }, 120_000);

  afterAll(async () => {
    client.destroy();
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("writes once only, if so asked", async () => {
    expect(await store.putIfAbsent("once", Buffer.from("a"))).toMatchObject({ created: true });
    expect(await store.putIfAbsent("once", Buffer.from("b"))).toEqual({ created: false, etag: null });
    expect((await store.get("once"))?.body.toString()).toBe("a");
  });

  it("writes over what was read only", async () => {
    const { etag } = await store.put("state", Buffer.from("1"));
    const next = await store.putIfMatch("state", Buffer.from("2"), etag);
    await expect(store.putIfMatch("state", Buffer.from("3"), etag)).rejects.toThrow(FencedError);
    await expect(store.putIfMatch("gone", Buffer.from("3"), etag)).rejects.toThrow(FencedError);
    expect(await store.get("state")).toEqual({ body: Buffer.from("2"), etag: next.etag });
  });

  it("lists in byte order, after a key, and forgets what is removed", async () => {
    for (const name of ["l/b", "l/a", "l/c", "m/a"]) await store.put(name, Buffer.from("xy"));
    const listed = async (after?: string): Promise<string[]> => {
      const keys: string[] = [];
      for await (const { key, size } of store.list("l/", after)) keys.push(`${key} ${size}`);
      return keys;
    };
    expect(await listed()).toEqual(["l/a 2", "l/b 2", "l/c 2"]);
    expect(await listed("l/a")).toEqual(["l/b 2", "l/c 2"]);
    await store.remove("l/b");
    await store.remove("l/b");
    expect(await listed()).toEqual(["l/a 2", "l/c 2"]);
  });

  it("tells a missing key from a missing bucket and from a service out of reach", async () => {
    expect(await store.get("nothing")).toBeNull();
    await expect(createObjectStore("nobody", client).get("x")).rejects.toThrow(/get s3:\/\/nobody\/x/);
    const unreachable = new S3Client({
      endpoint: "http://127.0.0.1:1",
      region: "us-east-1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await expect(createObjectStore("store", unreachable).get("x")).rejects.toThrow(TransientError);
  });
});
