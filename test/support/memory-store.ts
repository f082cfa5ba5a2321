import { FencedError } from "../../lambdas/core/errors.ts";
import type { ObjectStore, StoredObject } from "../../lambdas/core/ports.ts";

/** One bucket in memory with S3's conditional writes; `objects` is open to tests. */
export function memoryStore(bucket = "test"): ObjectStore & { readonly objects: Map<string, StoredObject> } {
  const objects = new Map<string, StoredObject>();
  let writes = 0;
  const write = (key: string, body: Buffer): { etag: string } => {
    const etag = `"${(writes += 1)}"`;
    objects.set(key, { body, etag });
    return { etag };
  };
  return {
    bucket,
    objects,
    get: async (key) => objects.get(key) ?? null,
    put: async (key, body) => write(key, body),
    putIfAbsent: async (key, body) =>
      objects.has(key) ? { created: false, etag: null } : { created: true, ...write(key, body) },
    putIfMatch: async (key, body, etag) => {
      if (objects.get(key)?.etag !== etag) throw new FencedError(`${key} is not what was read`);
      return write(key, body);
    },
    remove: async (key) => {
      objects.delete(key);
    },
    list: async function* (prefix, startAfter = "") {
      for (const key of [...objects.keys()].sort()) {
        if (key.startsWith(prefix) && key > startAfter) yield { key, size: objects.get(key)?.body.length ?? 0 };
      }
    },
  };
}
