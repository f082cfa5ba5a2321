import { z } from "zod";

const properties = z.record(z.string(), z.unknown());

/** One lifecycle call of CloudFormation, as the LocalStack extension posts it to `/cfn`. */
export const lifecycleRequest = z.object({
  action: z.enum(["create", "update", "delete"]),
  type: z.string().min(1),
  logicalId: z.string(),
  stack: z.string(),
  region: z.string().min(1),
  account: z.string().min(1),
  desired: properties.nullish().transform((value) => value ?? {}),
  previous: properties.nullish().transform((value) => value ?? {}),
});

export type LifecycleRequest = z.output<typeof lifecycleRequest>;
/** A resource's properties with its attributes (`Arn`), as CloudFormation then knows it. */
export type ResourceModel = Readonly<Record<string, unknown>>;
/** Handles every action of the types with one prefix. Throws with a sentence; the message becomes the stack event. */
export type Lifecycle = (request: LifecycleRequest) => Promise<ResourceModel>;
