import { messageOf } from "../../../lambdas/core/errors.ts";
import type { Log } from "../log.ts";
import { lifecycleRequest, type Lifecycle, type ResourceModel } from "./request.ts";

export type LifecycleAnswer = { readonly model: ResourceModel } | { readonly error: string };

/**
 * Routes a lifecycle call to its service by the type's prefix. Failures are answers, not exceptions: CloudFormation
 * then rolls the stack back with this sentence.
 * @param handlers by prefix, such as `AWS::MSK::`
 */
export function createLifecycle(
  handlers: Readonly<Record<string, Lifecycle>>,
  log: Log,
): (body: unknown) => Promise<LifecycleAnswer> {
  return async (body) => {
    const parsed = lifecycleRequest.safeParse(body);
    if (!parsed.success) return { error: `The lifecycle call cannot be read: ${parsed.error.message}` };
    const { action, type, logicalId, stack } = parsed.data;
    const prefix = Object.keys(handlers).find((candidate) => type.startsWith(candidate));
    const handler = prefix === undefined ? undefined : handlers[prefix];
    if (handler === undefined) return { error: `Nothing here handles the resource type ${type}.` };
    try {
      const model = await handler(parsed.data);
      log.info("resource", { action, type, logicalId, stack });
      return { model };
    } catch (error) {
      log.error("resource failed", { action, type, logicalId, stack, error: messageOf(error) });
      return { error: messageOf(error) };
    }
  };
}
