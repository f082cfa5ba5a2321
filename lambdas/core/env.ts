import { z } from "zod";
import { ConfigurationError } from "./errors.ts";

/** What a Lambda's environment may hold before parsing. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** Environment variables are text; these read them. Empty text counts as missing. */
export const envText = z.string().min(1);
export const envInteger = z.string().regex(/^\d+$/, "a whole number is needed").transform(Number);

/** The environment a construct must pass: every key of the contract, as text. */
export type EnvironmentOf<S extends z.ZodObject> = Readonly<Record<keyof z.input<S> & string, string>>;

/**
 * Parses a Lambda's environment at cold start.
 * @throws ConfigurationError that lists every problem at once
 */
export function parseEnvironment<S extends z.ZodObject>(contract: S, raw: RawEnvironment): z.output<S> {
  const result = contract.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new ConfigurationError(`The function's environment is wrong: ${problems.join("; ")}`);
}

/** Which of the captured tables a source has. */
export const areasEnvironment = {
  /** Names of its areas, joined by commas. */
  SOURCE_AREAS: envText.transform((text) => text.split(",")),
};

/** The source database, referenced by host, port and secret (`{"username","password"}`). */
export const sourceEnvironment = {
  ...areasEnvironment,
  SOURCE_HOST: envText,
  SOURCE_PORT: envInteger,
  /** Name or ARN of the secret. */
  SOURCE_SECRET: envText,
  SOURCE_TLS: z.enum(["required", "off"]),
  /** Logical name in every record's `source.name`. */
  SOURCE_NAME: envText,
};

/** Both captures: personal data must not leave them in the clear. */
export const personalDataEnvironment = {
  /** ARN of the secret `{"key"}` under which personal data is hashed. */
  PERSONAL_DATA_SECRET: envText,
};

export const kafkaEnvironment = {
  KAFKA_CLUSTER_ARN: envText,
  KAFKA_AUTH: z.enum(["iam", "none"]),
};

/** Every function knows its stage: it is a dimension of its metrics. */
const stageEnvironment = { STAGE: envText };

/** Landing objects, manifests (`manifests/`), definitions (`definitions/`) and state (`state/`) share one bucket. */
export const landingEnvironment = {
  ...stageEnvironment,
  LANDING_BUCKET: envText,
  /** First part of landing keys: the stage's cluster name. */
  CLUSTER_NAME: envText,
};

export const warehouseEnvironment = {
  ...stageEnvironment,
  WAREHOUSE_WORKGROUP: envText,
  WAREHOUSE_DATABASE: envText,
  /** Name or ARN of the managed admin secret; CloudFormation tells the name only. */
  WAREHOUSE_SECRET: envText,
};
