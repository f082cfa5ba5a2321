import { randomUUID } from "node:crypto";
import { z } from "zod";
import { AwsError } from "../aws-error.ts";
import type { ApiService, CallContext } from "../call-context.ts";
import type { Lifecycle, LifecycleRequest, ResourceModel } from "../cloudformation/request.ts";
import type { WarehouseDirectory } from "../redshift-data/directory.ts";
import { postgresDatabases } from "./databases.ts";
import { camelCase, namespaceInput, pascalCase, read, workgroupInput } from "./input.ts";
import { Resources } from "./resources.ts";
import { secretsManager, type AdminSecrets, type SecretsSettings } from "./secrets.ts";
import { adminSecretName, ServerlessStore, type Namespace, type Workgroup } from "./store.ts";

export interface RedshiftServerlessOptions {
  /** PostgreSQL as its owner: databases are made here, and workgroups have its address as their endpoint. */
  readonly warehouseUrl: string;
  /** Secrets Manager's endpoint: the same as that of S3. */
  readonly s3: SecretsSettings;
  readonly dataDir: string;
  /** @default - Secrets Manager behind the endpoint */
  readonly secrets?: AdminSecrets;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export interface RedshiftServerless extends ApiService {
  /** Lifecycle of AWS::RedshiftServerless::Namespace and Workgroup. */
  readonly cfn: Lifecycle;
  /** What the Data API asks about workgroups, secrets and roles. */
  readonly directory: WarehouseDirectory;
}

/** Redshift Serverless: namespaces are databases of one PostgreSQL, workgroups its address. */
export async function createRedshiftServerless(options: RedshiftServerlessOptions): Promise<RedshiftServerless> {
  const store = new ServerlessStore(options.dataDir);
  const secrets: AdminSecrets & { close?(): void } = options.secrets ?? secretsManager(options.s3);
  const resources = new Resources({
    store,
    secrets,
    databases: postgresDatabases(options.warehouseUrl),
    now: options.now ?? (() => new Date()),
    newId: options.newId ?? randomUUID,
  });
  const { hostname, port, username, password } = new URL(options.warehouseUrl);
  const endpoint = { address: hostname, port: Number(port === "" ? 5432 : port) };
  const shape = { namespace: namespaceShape, workgroup: (workgroup: Workgroup) => workgroupShape(workgroup, endpoint) };
  const operations = operationsOf(resources, store, shape, { dbUser: username, dbPassword: password });
  return {
    handle: async (operation, input, context) => {
      const answer = operations[operation];
      if (answer === undefined)
        throw new AwsError(
          "UnknownOperationException",
          `${operation} is not supported by the local Redshift Serverless`,
        );
      return answer(input, context);
    },
    cfn: (request) => lifecycle(resources, store, shape, request),
    directory: directoryOf(store),
    close: async () => secrets.close?.(),
  };
}

type Endpoint = { readonly address: string; readonly port: number };
interface Shapes {
  readonly namespace: (namespace: Namespace) => Readonly<Record<string, unknown>>;
  readonly workgroup: (workgroup: Workgroup) => Readonly<Record<string, unknown>>;
}
type Answer = (input: Readonly<Record<string, unknown>>, context: CallContext) => unknown;

const withoutNulls = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));

const namespaceShape = (namespace: Namespace): Readonly<Record<string, unknown>> => ({
  ...withoutNulls(namespace),
  status: "AVAILABLE",
});

const workgroupShape = (workgroup: Workgroup, endpoint: Endpoint): Readonly<Record<string, unknown>> => ({
  ...withoutNulls(workgroup),
  status: "AVAILABLE",
  port: endpoint.port,
  endpoint: { ...endpoint, vpcEndpoints: [] },
});

const named = (member: string) => z.object({ [member]: z.string() });

function operationsOf(
  resources: Resources,
  store: ServerlessStore,
  shape: Shapes,
  credentials: object,
): Readonly<Record<string, Answer>> {
  const nameIn = (input: unknown, member: string): string => read(named(member), input)[member] ?? "";
  const namespace = (found: Namespace): object => ({ namespace: shape.namespace(found) });
  const workgroup = (found: Workgroup): object => ({ workgroup: shape.workgroup(found) });
  return {
    CreateNamespace: async (input, context) =>
      namespace(await resources.createNamespace(read(namespaceInput, input), context)),
    GetNamespace: (input) => namespace(resources.namespace(nameIn(input, "namespaceName"))),
    ListNamespaces: () => ({ namespaces: store.namespaces.map(shape.namespace) }),
    UpdateNamespace: async (input) => namespace(await resources.updateNamespace(read(namespaceInput, input))),
    DeleteNamespace: async (input) => namespace(await resources.deleteNamespace(nameIn(input, "namespaceName"))),
    CreateWorkgroup: (input, context) => workgroup(resources.createWorkgroup(read(workgroupInput, input), context)),
    GetWorkgroup: (input) => workgroup(resources.workgroup(nameIn(input, "workgroupName"))),
    ListWorkgroups: () => ({ workgroups: store.workgroups.map(shape.workgroup) }),
    UpdateWorkgroup: (input) => workgroup(resources.updateWorkgroup(read(workgroupInput, input))),
    DeleteWorkgroup: (input) => workgroup(resources.deleteWorkgroup(nameIn(input, "workgroupName"))),
    GetCredentials: (input) => {
      resources.workgroup(nameIn(input, "workgroupName"));
      return { ...credentials, expiration: new Date(Date.now() + 900_000).toISOString() };
    },
    ListTagsForResource: () => ({ tags: [] }),
  };
}

const NAMESPACE = "AWS::RedshiftServerless::Namespace";
const WORKGROUP = "AWS::RedshiftServerless::Workgroup";

/**
 * CloudFormation's way to the same. A create of what is there already takes it over: LocalStack forgets its stacks when
 * it restarts, and the databases do not.
 */
async function lifecycle(
  resources: Resources,
  store: ServerlessStore,
  shape: Shapes,
  request: LifecycleRequest,
): Promise<ResourceModel> {
  const { action, type, desired, previous } = request;
  const properties = action === "delete" ? { ...previous, ...desired } : desired;
  if (type === NAMESPACE) {
    const input = read(namespaceInput, camelCase(properties));
    const there = store.namespace(input.namespaceName) !== undefined;
    if (action === "delete") {
      if (there) await resources.deleteNamespace(input.namespaceName);
      return {};
    }
    const namespace = there ? await resources.updateNamespace(input) : await resources.createNamespace(input, request);
    return { ...properties, Namespace: pascalCase(shape.namespace(namespace)) };
  }
  if (type !== WORKGROUP) throw new Error(`Nothing here handles the resource type ${type}.`);
  const input = read(workgroupInput, camelCase(properties));
  const there = store.workgroup(input.workgroupName) !== undefined;
  if (action === "delete") {
    if (there) resources.deleteWorkgroup(input.workgroupName);
    return {};
  }
  const workgroup = there ? resources.updateWorkgroup(input) : resources.createWorkgroup(input, request);
  return { ...properties, Workgroup: pascalCase(shape.workgroup(workgroup)) };
}

function directoryOf(store: ServerlessStore): WarehouseDirectory {
  return {
    workgroup: (nameOrArn) => {
      const workgroup = store.workgroup(nameOrArn);
      const namespace = workgroup === undefined ? undefined : store.namespace(workgroup.namespaceName);
      if (workgroup === undefined || namespace === undefined) return null;
      const secret = namespace.adminPasswordSecretArn;
      return {
        name: workgroup.workgroupName,
        secrets: secret === null ? null : [secret, adminSecretName(namespace)],
        roles: namespace.iamRoles,
        defaultRole: namespace.defaultIamRoleArn,
      };
    },
  };
}
