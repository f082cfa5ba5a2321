import { z } from "zod";
import { AwsError } from "../aws-error.ts";

export function validation(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

const name = z.string().regex(/^[a-z0-9-]{3,64}$/, "takes 3 to 64 lower case letters, digits and hyphens");
const role = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+/, "is no role's ARN");
const LOGS = ["useractivitylog", "userlog", "connectionlog"] as const;
/** CloudFormation hands numbers and booleans on as text now and then. */
const number = z.coerce.number();
const boolean = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** Redshift Processing Units: 4, or 8 to 1024 in steps of 8. */
const capacity = number.refine((units) => units === 4 || (units >= 8 && units <= 1024 && units % 8 === 0), {
  message: "takes 4, or 8 to 1024 in steps of 8",
});

export const namespaceInput = z.object({
  namespaceName: name,
  adminUsername: z.string().min(1).optional(),
  adminUserPassword: z.string().optional(),
  manageAdminPassword: boolean.optional(),
  dbName: z
    .string()
    .regex(/^[a-z_][a-z0-9_$]{0,62}$/, "takes lower case letters, digits, _ and $, and starts with a letter")
    .optional(),
  kmsKeyId: z.string().optional(),
  defaultIamRoleArn: role.optional(),
  iamRoles: z.array(role).max(50).optional(),
  logExports: z.array(z.enum(LOGS)).optional(),
});

export const workgroupInput = z.object({
  workgroupName: name,
  namespaceName: name.optional(),
  baseCapacity: capacity.optional(),
  maxCapacity: capacity.optional(),
  enhancedVpcRouting: boolean.optional(),
  publiclyAccessible: boolean.optional(),
  configParameters: z.array(z.object({ parameterKey: z.string(), parameterValue: z.string() })).optional(),
  securityGroupIds: z.array(z.string()).optional(),
  subnetIds: z.array(z.string()).optional(),
});

export type NamespaceInput = z.output<typeof namespaceInput>;
export type WorkgroupInput = z.output<typeof workgroupInput>;

/** @throws AwsError ValidationException naming every member that does not fit */
export function read<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw validation(result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; "));
}

/** `NamespaceName` as CloudFormation writes it to `namespaceName` as the API does, at every depth. */
export function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), camelCase(inner)]),
  );
}

/** The other way round. */
export function pascalCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascalCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toUpperCase() + key.slice(1), pascalCase(inner)]),
  );
}
