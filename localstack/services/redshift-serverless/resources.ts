import { AwsError } from "../aws-error.ts";
import type { CallContext } from "../call-context.ts";
import type { Databases } from "./databases.ts";
import { validation, type NamespaceInput, type WorkgroupInput } from "./input.ts";
import type { AdminSecrets } from "./secrets.ts";
import { adminSecretName, type Namespace, type ServerlessStore, type Workgroup } from "./store.ts";

export interface ResourceDependencies {
  readonly store: ServerlessStore;
  readonly databases: Databases;
  readonly secrets: AdminSecrets;
  readonly now: () => Date;
  readonly newId: () => string;
}

const DEFAULT_DATABASE = "dev";
const DEFAULT_ADMIN = "admin";
const DEFAULT_CAPACITY = 128;
/** Redshift Serverless wants its subnets in three availability zones. */
const MIN_SUBNETS = 3;

/** Creates, changes and deletes namespaces and workgroups, with the checks the service makes. */
export class Resources {
  readonly #d: ResourceDependencies;

  constructor(dependencies: ResourceDependencies) {
    this.#d = dependencies;
  }

  async createNamespace(input: NamespaceInput, context: CallContext): Promise<Namespace> {
    const { store, databases, secrets, newId, now } = this.#d;
    if (store.namespace(input.namespaceName) !== undefined)
      throw conflict(`Namespace ${input.namespaceName} already exists.`);
    if (input.manageAdminPassword === true && input.adminUserPassword !== undefined)
      throw validation("adminUserPassword does not go with manageAdminPassword");
    checkDefaultRole(input);
    const dbName = input.dbName ?? DEFAULT_DATABASE;
    const adminUsername = input.adminUsername ?? DEFAULT_ADMIN;
    await databases.ensure(dbName);
    const named = { namespaceName: input.namespaceName, adminUsername };
    const managed = input.manageAdminPassword === true;
    const id = newId();
    const namespace: Namespace = {
      ...named,
      dbName,
      namespaceId: id,
      namespaceArn: arn("namespace", id, context),
      kmsKeyId: input.kmsKeyId ?? "AWS_OWNED_KMS_KEY",
      defaultIamRoleArn: input.defaultIamRoleArn ?? null,
      iamRoles: input.iamRoles ?? [],
      logExports: input.logExports ?? [],
      adminPasswordSecretArn: managed ? await secrets.ensure(adminSecretName(named), adminUsername) : null,
      creationDate: now().toISOString(),
    };
    store.putNamespace(namespace);
    return namespace;
  }

  async updateNamespace(input: NamespaceInput): Promise<Namespace> {
    const { store, secrets } = this.#d;
    const before = this.namespace(input.namespaceName);
    if (input.dbName !== undefined && input.dbName !== before.dbName) throw validation("dbName cannot be changed");
    checkDefaultRole(input);
    const adminUsername = input.adminUsername ?? before.adminUsername;
    const secret =
      input.manageAdminPassword === true
        ? await secrets.ensure(adminSecretName({ ...before, adminUsername }), adminUsername)
        : undefined;
    const namespace: Namespace = {
      ...before,
      adminUsername,
      kmsKeyId: input.kmsKeyId ?? before.kmsKeyId,
      defaultIamRoleArn: input.defaultIamRoleArn ?? before.defaultIamRoleArn,
      iamRoles: input.iamRoles ?? before.iamRoles,
      logExports: input.logExports ?? before.logExports,
      adminPasswordSecretArn: secret ?? before.adminPasswordSecretArn,
    };
    store.putNamespace(namespace);
    return namespace;
  }

  async deleteNamespace(name: string): Promise<Namespace> {
    const { store, databases, secrets } = this.#d;
    const namespace = this.namespace(name);
    const used = store.workgroups.find(({ namespaceName }) => namespaceName === name);
    if (used !== undefined)
      throw conflict(`There is an existing workgroup ${used.workgroupName} that uses namespace ${name}.`);
    const shared = store.namespaces.some((other) => other.namespaceName !== name && other.dbName === namespace.dbName);
    if (!shared) await databases.drop(namespace.dbName);
    // A secret that is gone already leaves nothing to remove.
    if (namespace.adminPasswordSecretArn !== null)
      await secrets.remove(adminSecretName(namespace)).catch(() => undefined);
    store.removeNamespace(name);
    return namespace;
  }

  createWorkgroup(input: WorkgroupInput, context: CallContext): Workgroup {
    const { store, newId, now } = this.#d;
    if (input.namespaceName === undefined) throw validation("namespaceName is required");
    const { namespaceName } = this.namespace(input.namespaceName);
    if (store.workgroup(input.workgroupName) !== undefined)
      throw conflict(`Workgroup ${input.workgroupName} already exists.`);
    const other = store.workgroups.find((candidate) => candidate.namespaceName === namespaceName);
    if (other !== undefined) throw conflict(`Namespace ${namespaceName} already has workgroup ${other.workgroupName}.`);
    checkWorkgroup(input);
    const id = newId();
    const workgroup: Workgroup = {
      namespaceName,
      workgroupName: input.workgroupName,
      workgroupId: id,
      workgroupArn: arn("workgroup", id, context),
      baseCapacity: input.baseCapacity ?? DEFAULT_CAPACITY,
      maxCapacity: input.maxCapacity ?? null,
      enhancedVpcRouting: input.enhancedVpcRouting ?? false,
      publiclyAccessible: input.publiclyAccessible ?? false,
      configParameters: input.configParameters ?? [],
      securityGroupIds: input.securityGroupIds ?? [],
      subnetIds: input.subnetIds ?? [],
      creationDate: now().toISOString(),
    };
    store.putWorkgroup(workgroup);
    return workgroup;
  }

  updateWorkgroup({ namespaceName, ...input }: WorkgroupInput): Workgroup {
    const before = this.workgroup(input.workgroupName);
    if (namespaceName !== undefined && namespaceName !== before.namespaceName)
      throw validation("namespaceName cannot be changed");
    checkWorkgroup(input);
    const workgroup: Workgroup = {
      ...before,
      baseCapacity: input.baseCapacity ?? before.baseCapacity,
      maxCapacity: input.maxCapacity ?? before.maxCapacity,
      enhancedVpcRouting: input.enhancedVpcRouting ?? before.enhancedVpcRouting,
      publiclyAccessible: input.publiclyAccessible ?? before.publiclyAccessible,
      configParameters: input.configParameters ?? before.configParameters,
      securityGroupIds: input.securityGroupIds ?? before.securityGroupIds,
      subnetIds: input.subnetIds ?? before.subnetIds,
    };
    this.#d.store.putWorkgroup(workgroup);
    return workgroup;
  }

  deleteWorkgroup(name: string): Workgroup {
    const workgroup = this.workgroup(name);
    this.#d.store.removeWorkgroup(name);
    return workgroup;
  }

  namespace(name: string): Namespace {
    const found = this.#d.store.namespace(name);
    if (found === undefined) throw missing(`Namespace ${name} not found.`, name);
    return found;
  }

  workgroup(name: string): Workgroup {
    const found = this.#d.store.workgroup(name);
    if (found === undefined) throw missing(`Workgroup ${name} not found.`, name);
    return found;
  }
}

function checkDefaultRole({ defaultIamRoleArn, iamRoles }: NamespaceInput): void {
  if (defaultIamRoleArn !== undefined && iamRoles !== undefined && !iamRoles.includes(defaultIamRoleArn))
    throw validation(`defaultIamRoleArn ${defaultIamRoleArn} must be one of iamRoles`);
}

function checkWorkgroup({ subnetIds, baseCapacity, maxCapacity }: Partial<WorkgroupInput>): void {
  if (subnetIds !== undefined && subnetIds.length < MIN_SUBNETS)
    throw validation(
      `A workgroup needs at least ${MIN_SUBNETS} subnets in three availability zones: ${subnetIds.length} were given`,
    );
  if (baseCapacity !== undefined && maxCapacity !== undefined && maxCapacity < baseCapacity)
    throw validation(`maxCapacity ${maxCapacity} is below baseCapacity ${baseCapacity}`);
}

const arn = (kind: string, id: string, { region, account }: CallContext): string =>
  `arn:aws:redshift-serverless:${region}:${account}:${kind}/${id}`;
const conflict = (message: string): AwsError => new AwsError("ConflictException", message);
const missing = (message: string, resourceName: string): AwsError =>
  new AwsError("ResourceNotFoundException", message, 400, { resourceName });
