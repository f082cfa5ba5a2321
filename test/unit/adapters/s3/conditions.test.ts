import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { createObjectStore } from "../../../../lambdas/adapters/s3/index.ts";
import { FencedError } from "../../../../lambdas/core/errors.ts";

const answering = (name: string, httpStatusCode: number) => {
  const client = new S3Client({ region: "us-east-1" });
  client.send = () =>
    Promise.reject(new S3ServiceException({ name, $fault: "client", $metadata: { httpStatusCode }, message: name }));
  return createObjectStore("b", client);
};

describe("conditional writes", () => {
  it("were refused where the condition failed", async () => {
    const store = answering("PreconditionFailed", 412);
    expect(await store.putIfAbsent("k", Buffer.from(""))).toEqual({ created: false, etag: null });
    await expect(store.putIfMatch("k", Buffer.from(""), "e")).rejects.toThrow(FencedError);
  });

  it("are to be done again where they met another one: nobody knows yet who has written", async () => {
    const store = answering("ConditionalRequestConflict", 409);
    const transient = { name: "TransientError", retryable: true };
    await expect(store.putIfAbsent("k", Buffer.from(""))).rejects.toMatchObject(transient);
    await expect(store.putIfMatch("k", Buffer.from(""), "e")).rejects.toMatchObject(transient);
  });
});
