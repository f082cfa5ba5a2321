import { z } from "zod";
import { ConfigurationError } from "../../lambdas/core/errors.ts";

const address = z.string().regex(/^[^\s:,]+:\d+$/, "host:port is needed");
const port = z
  .string()
  .regex(/^\d+$/, "a port number is needed")
  .transform(Number)
  .refine((value) => value < 65_536, "a port is below 65536");

/** What the service process is started with. Port 0 takes a free one (it is in the `listening` log line). */
export const servicesEnvironment = z.object({
  MILLRACE_SERVICES_PORT: port,
  /** LocalStack; also read by the AWS SDK itself. */
  AWS_ENDPOINT_URL: z.url({ protocol: /^https?$/ }),
  MILLRACE_KAFKA: address,
  MILLRACE_WAREHOUSE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Where clusters, configurations and fired schedule slots survive a restart. */
  MILLRACE_DATA_DIR: z.string().min(1),
  AWS_REGION: z.string().min(1).default("us-east-1"),
  AWS_ACCESS_KEY_ID: z.string().min(1).default("test"),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).default("test"),
});

export type ServicesEnvironment = z.output<typeof servicesEnvironment>;

/** @throws ConfigurationError that lists every problem at once */
export function parseServicesEnvironment(raw: Readonly<Record<string, string | undefined>>): ServicesEnvironment {
  const result = servicesEnvironment.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `- ${issue.path.join(".")}: ${issue.message}`);
  throw new ConfigurationError(`The service process cannot start:\n${problems.join("\n")}`);
}
