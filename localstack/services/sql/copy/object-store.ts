import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { Readable } from "node:stream";
import type { S3Location } from "./options.ts";

export interface StoredObject extends S3Location {
  readonly size: number;
}

/** The part of S3 that COPY and UNLOAD need. */
export interface ObjectStore {
  /** @returns the object's bytes, or null when there is no such object */
  read(location: S3Location): Promise<Readable | null>;
  /** All objects whose key starts with the location's, in key order. */
  list(prefix: S3Location): Promise<readonly StoredObject[]>;
  write(location: S3Location, body: Buffer): Promise<void>;
}

export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** S3 behind an endpoint (LocalStack): path style, because bucket names are no host names there. */
export function s3ObjectStore(settings: S3Settings): ObjectStore & { close(): void } {
  const client = new S3Client({ ...settings, forcePathStyle: true });
  return {
    read: async ({ bucket, key }) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return (Body as Readable | undefined) ?? null;
      } catch (error) {
        if (error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NoSuchBucket"))
          return null;
        throw error;
      }
    },
    list: async ({ bucket, key }) => {
      const found: StoredObject[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: key, ContinuationToken: token }),
        );
        for (const { Key, Size } of page.Contents ?? [])
          if (Key !== undefined) found.push({ bucket, key: Key, size: Size ?? 0 });
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return found;
    },
    write: async ({ bucket, key }, body) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    close: () => client.destroy(),
  };
}
