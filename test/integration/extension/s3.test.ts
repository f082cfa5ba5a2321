import { readdir } from "node:fs/promises";
import path from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { CloudUnderTest } from "./cloud-under-test.ts";
import { startCloudUnderTest } from "./cloud-under-test.ts";

let cloud: CloudUnderTest;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startCloudUnderTest(() => ({}));
  s3 = new S3Client({ ...cloud.client, forcePathStyle: true });
}, 120_000);

afterAll(async () => {
  s3.destroy();
  await cloud.stop();
}, 60_000);

describe("objects", () => {
  it("are kept in the run's own folder, since runs of other users and clones have buckets of the same names", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "shared-name" }));
    expect(await readdir(path.join(cloud.dataDir, "localstack", "tmp", "s3"))).toEqual(["shared-name"]);
  });
});
