import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LifecycleRequest } from "../../../../localstack/services/cloudformation/request.ts";
import {
  createRedshiftServerless,
  type RedshiftServerless,
} from "../../../../localstack/services/redshift-serverless/service.ts";
import { Runner } from "./run.ts";
import { CREDENTIALS, startDataApi, startWarehouse, type Warehouse } from "./support.ts";

// Bounds a hang; nothing here waits for time to pass.
jest.setTimeout(60_000);

const CONTEXT = { region: "us-east-1", account: "000000000000" };
const ROLE = "arn:aws:iam::000000000000:role/copy";

describe("Redshift Serverless", () => {
  let warehouse: Warehouse;
  let service: RedshiftServerless;
  let dataDir: string;
  const secrets = new Map<string, string>();
  const open = () =>
    createRedshiftServerless({
      warehouseUrl: warehouse.url,
      s3: { endpoint: "http://127.0.0.1:1", region: "us-east-1", credentials: CREDENTIALS },
      dataDir,
      secrets: {
        ensure: async (name) => {
          const arn = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`;
          secrets.set(name, arn);
          return arn;
        },
        remove: async (name) => void secrets.delete(name),
      },
    });
  const cfn = (action: LifecycleRequest["action"], kind: "Namespace" | "Workgroup", desired: object, previous: object = {}) =>
    service.cfn({
      action, type: `AWS::RedshiftServerless::${kind}`, logicalId: kind, stack: "data", ...CONTEXT,
      desired: { ...desired }, previous: { ...previous },
    }); // prettier-ignore
  const NAMESPACE = {
    NamespaceName: "shop",
    DbName: "shop",
    AdminUsername: "boss",
    ManageAdminPassword: true,
    IamRoles: [ROLE],
    DefaultIamRoleArn: ROLE,
  };
  const WORKGROUP = { WorkgroupName: "shop-wg", NamespaceName: "shop", BaseCapacity: 8, SubnetIds: ["a", "b", "c"] };

  beforeAll(async () => {
    warehouse = await startWarehouse();
    dataDir = mkdtempSync(path.join(tmpdir(), "millrace-serverless-"));
    service = await open();
  }, 60_000);
  afterAll(async () => {
    await service.close();
    await warehouse.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("makes a namespace with its database and admin secret, and a workgroup with its endpoint, from CloudFormation", async () => {
    const namespace = await cfn("create", "Namespace", NAMESPACE);
    expect(namespace).toMatchObject({
      NamespaceName: "shop",
      Namespace: {
        NamespaceName: "shop",
        DbName: "shop",
        AdminPasswordSecretArn: secrets.get("redshift!shop-boss"),
        IamRoles: [ROLE],
        Status: "AVAILABLE",
      },
    });
    const workgroup = await cfn("create", "Workgroup", WORKGROUP);
    expect(workgroup).toMatchObject({
      Workgroup: {
        WorkgroupName: "shop-wg",
        BaseCapacity: 8,
        Endpoint: { Address: "127.0.0.1", Port: Number(new URL(warehouse.url).port) },
      },
    });
    const { workgroup: found } = (await service.handle("GetWorkgroup", { workgroupName: "shop-wg" }, CONTEXT)) as {
      workgroup: object;
    };
    expect(found).toMatchObject({ status: "AVAILABLE", namespaceName: "shop", endpoint: { address: "127.0.0.1" } });
    expect(await service.handle("ListNamespaces", {}, CONTEXT)).toMatchObject({
      namespaces: [{ namespaceName: "shop" }],
    });
  });

  it("takes over what is there already, and remembers it across a restart", async () => {
    await service.close();
    service = await open();
    const again = await cfn("create", "Namespace", { ...NAMESPACE, LogExports: ["userlog"] });
    expect(again).toMatchObject({ Namespace: { LogExports: ["userlog"] } });
    await expect(service.handle("CreateNamespace", { namespaceName: "shop" }, CONTEXT)).rejects.toMatchObject({
      code: "ConflictException",
    });
  });

  it("lets the Data API in by workgroup, secret and role only", async () => {
    const api = await startDataApi(warehouse, { directory: service.directory });
    try {
      const run = new Runner(api, { database: "shop" });
      const inside = { WorkgroupName: "shop-wg", SecretArn: "redshift!shop-boss" };
      expect(await run.execute("CREATE TABLE t (id INT)", inside)).toMatchObject({ Status: "FINISHED" });
      await expect(run.execute("SELECT 1", { WorkgroupName: "other" })).rejects.toThrow("no workgroup other");
      await expect(run.execute("SELECT 1", { ...inside, SecretArn: "mine" })).rejects.toThrow("does not sign in");
      const copy = (role: string) => run.execute(`COPY t FROM 's3://b/x' IAM_ROLE ${role} CSV`, inside);
      expect((await copy("'arn:aws:iam::000000000000:role/other'")).Error).toContain(
        "not authorized to assume IAM Role",
      );
      expect((await copy(`'${ROLE}'`)).Error).toContain("The specified S3 prefix 'x' does not exist");
    } finally {
      await api.close();
    }
  });

  it("refuses what the service refuses, with the reason", async () => {
    await expect(cfn("create", "Workgroup", { ...WORKGROUP, WorkgroupName: "second" })).rejects.toThrow(
      "already has workgroup shop-wg",
    );
    await expect(cfn("update", "Workgroup", { ...WORKGROUP, SubnetIds: ["a"] })).rejects.toThrow("at least 3 subnets");
    await expect(cfn("update", "Workgroup", { ...WORKGROUP, BaseCapacity: 12 })).rejects.toThrow("steps of 8");
    await expect(cfn("create", "Namespace", { NamespaceName: "Bad Name" })).rejects.toThrow("lower case");
    await expect(cfn("delete", "Namespace", {}, NAMESPACE)).rejects.toThrow("existing workgroup shop-wg");
    await expect(service.handle("GetWorkgroup", { workgroupName: "none" }, CONTEXT)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    await expect(service.handle("CreateSnapshot", {}, CONTEXT)).rejects.toThrow("CreateSnapshot is not supported");
  });

  it("deletes the workgroup, then the namespace with database and secret", async () => {
    expect(await cfn("delete", "Workgroup", {}, WORKGROUP)).toEqual({});
    expect(await cfn("delete", "Namespace", {}, NAMESPACE)).toEqual({});
    expect(await cfn("delete", "Namespace", {}, NAMESPACE)).toEqual({});
    expect(secrets.size).toBe(0);
    const api = await startDataApi(warehouse);
    expect((await new Runner(api, { database: "shop" }).execute("SELECT 1")).Error).toContain(
      'database "shop" does not exist',
    );
    await api.close();
  });
});
