import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { PutObjectCommandOutput } from "@aws-sdk/client-s3";
import { FencedError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/ports.ts";
import { isMissing, isRefusedCondition, translated } from "./errors.ts";

/** One bucket through the S3 API. The client retries by itself; what still fails is told apart in errors.ts. */
export function createObjectStore(bucket: string, client: S3Client = new S3Client()): ObjectStore {
  const put = async (
    key: string,
    body: Buffer,
    contentType: string | undefined,
    condition: { readonly IfNoneMatch?: string; readonly IfMatch?: string },
  ): Promise<PutObjectCommandOutput> =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType, ...condition }));

  return {
    bucket,

    async get(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const body = Buffer.from((await Body?.transformToByteArray()) ?? []);
        return { body, etag: ETag ?? "" };
      } catch (error) {
        if (isMissing(error)) return null;
        throw translated(error, `get s3://${bucket}/${key}`);
      }
    },

    async putIfAbsent(key, body, contentType) {
      try {
        const { ETag } = await put(key, body, contentType, { IfNoneMatch: "*" });
        return { created: true, etag: ETag ?? null };
      } catch (error) {
        if (isRefusedCondition(error)) return { created: false, etag: null };
        throw translated(error, `put s3://${bucket}/${key}`);
      }
    },

    async putIfMatch(key, body, etag) {
      try {
        const { ETag } = await put(key, body, undefined, { IfMatch: etag });
        return { etag: ETag ?? "" };
      } catch (error) {
        // Deleted in the meantime counts too: it is not what was read.
        if (isRefusedCondition(error) || isMissing(error)) {
          throw new FencedError(`s3://${bucket}/${key} is no longer what was read`, { cause: error });
        }
        throw translated(error, `put s3://${bucket}/${key}`);
      }
    },

    async put(key, body, contentType) {
      try {
        const { ETag } = await put(key, body, contentType, {});
        return { etag: ETag ?? "" };
      } catch (error) {
        throw translated(error, `put s3://${bucket}/${key}`);
      }
    },

    async *list(prefix, startAfter) {
      let token: string | undefined;
      do {
        const page = await client
          .send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              ...(token === undefined ? { StartAfter: startAfter } : { ContinuationToken: token }),
            }),
          )
          .catch((error: unknown) => {
            throw translated(error, `list s3://${bucket}/${prefix}`);
          });
        for (const { Key, Size, LastModified, StorageClass } of page.Contents ?? []) {
          if (Key === undefined) continue;
          yield { key: Key, size: Size ?? 0, modified: LastModified?.getTime(), storageClass: StorageClass };
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },

    async remove(key) {
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      } catch (error) {
        throw translated(error, `delete s3://${bucket}/${key}`);
      }
    },
  };
}
