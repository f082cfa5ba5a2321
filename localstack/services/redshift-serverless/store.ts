import path from "node:path";
import { z } from "zod";
import { openStateFile, type StateFile } from "../state-file.ts";

const namespace = z.object({
  namespaceName: z.string(),
  namespaceId: z.string(),
  namespaceArn: z.string(),
  adminUsername: z.string(),
  dbName: z.string(),
  kmsKeyId: z.string(),
  defaultIamRoleArn: z.string().nullable(),
  iamRoles: z.array(z.string()),
  logExports: z.array(z.string()),
  adminPasswordSecretArn: z.string().nullable(),
  creationDate: z.string(),
});

const workgroup = z.object({
  workgroupName: z.string(),
  workgroupId: z.string(),
  workgroupArn: z.string(),
  namespaceName: z.string(),
  baseCapacity: z.number(),
  maxCapacity: z.number().nullable(),
  enhancedVpcRouting: z.boolean(),
  publiclyAccessible: z.boolean(),
  configParameters: z.array(z.object({ parameterKey: z.string(), parameterValue: z.string() })),
  securityGroupIds: z.array(z.string()),
  subnetIds: z.array(z.string()),
  creationDate: z.string(),
});

const document = z.object({ namespaces: z.array(namespace), workgroups: z.array(workgroup) });

export type Namespace = z.output<typeof namespace>;
export type Workgroup = z.output<typeof workgroup>;

/** Name of the secret with the admin's password, as the service calls it. */
export const adminSecretName = ({
  namespaceName,
  adminUsername,
}: Pick<Namespace, "namespaceName" | "adminUsername">): string => `redshift!${namespaceName}-${adminUsername}`;

/** Namespaces and workgroups, kept across restarts of the process. */
export class ServerlessStore {
  readonly #file: StateFile<z.output<typeof document>>;

  constructor(dataDir: string) {
    this.#file = openStateFile(path.join(dataDir, "redshift-serverless.json"), document, {
      namespaces: [],
      workgroups: [],
    });
  }

  get namespaces(): readonly Namespace[] {
    return this.#file.read().namespaces;
  }

  get workgroups(): readonly Workgroup[] {
    return this.#file.read().workgroups;
  }

  namespace(name: string): Namespace | undefined {
    return this.namespaces.find(({ namespaceName }) => namespaceName === name);
  }

  /** By name or ARN. */
  workgroup(nameOrArn: string): Workgroup | undefined {
    return this.workgroups.find(
      ({ workgroupName, workgroupArn }) => workgroupName === nameOrArn || workgroupArn === nameOrArn,
    );
  }

  putNamespace(value: Namespace): void {
    const { namespaces, workgroups } = this.#file.read();
    this.#file.write({
      workgroups,
      namespaces: [...namespaces.filter((n) => n.namespaceName !== value.namespaceName), value],
    });
  }

  putWorkgroup(value: Workgroup): void {
    const { namespaces, workgroups } = this.#file.read();
    this.#file.write({
      namespaces,
      workgroups: [...workgroups.filter((w) => w.workgroupName !== value.workgroupName), value],
    });
  }

  removeNamespace(name: string): void {
    const { namespaces, workgroups } = this.#file.read();
    this.#file.write({ workgroups, namespaces: namespaces.filter((n) => n.namespaceName !== name) });
  }

  removeWorkgroup(name: string): void {
    const { namespaces, workgroups } = this.#file.read();
    this.#file.write({ namespaces, workgroups: workgroups.filter((w) => w.workgroupName !== name) });
  }
}
