import { afterEach, describe, expect, it } from "@jest/globals";
import type { Server } from "node:http";
import { AwsError } from "../../../localstack/services/aws-error.ts";
import type { ApiService } from "../../../localstack/services/call-context.ts";
import { createLifecycle } from "../../../localstack/services/cloudformation/lifecycle.ts";
import { parseServicesEnvironment } from "../../../localstack/services/env.ts";
import { silentLog } from "../../../localstack/services/log.ts";
import { startServer } from "../../../localstack/services/server.ts";

const servers: Server[] = [];
const echo: ApiService = {
  handle: async (operation, input, context) => {
    if (operation === "Refuse") throw new AwsError("ConflictException", "no", 409, { ResourceId: "r" });
    if (operation === "Break") throw new Error("broken");
    return { operation, input, context };
  },
  close: async () => undefined,
};

async function start(): Promise<string> {
  const { server, port } = await startServer(0, {
    services: {
      kafka: { protocol: "rest-json", service: echo },
      "redshift-data": { protocol: "json-1.1", service: echo },
    },
    lifecycle: createLifecycle(
      {
        "AWS::MSK::": async (request) => {
          if (request.action === "delete") throw new Error("still in use");
          return { ...request.desired, Arn: "a" };
        },
      },
      silentLog,
    ),
    log: silentLog,
  });
  servers.push(server);
  return `http://127.0.0.1:${port}`;
}

const call = async (url: string, service: string, operation: string, init: RequestInit = {}) =>
  fetch(url, {
    ...init,
    headers: {
      "x-millrace-service": service,
      "x-millrace-operation": operation,
      "x-millrace-region": "us-east-1",
      "x-millrace-account": "000000000000",
    },
  });

describe("the service process's HTTP server", () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it("says that it is there", async () => {
    const response = await fetch(`${await start()}/health`);
    expect(await response.json()).toEqual({ ok: true });
  });

  it("passes calls on with their context, by the protocol of each service", async () => {
    const url = await start();
    const context = { region: "us-east-1", account: "000000000000" };
    const rest = await call(`${url}/v1/clusters?maxResults=1`, "kafka", "ListClusters");
    expect(await rest.json()).toEqual({ operation: "ListClusters", input: { maxResults: "1" }, context });
    const json = await call(url, "redshift-data", "ExecuteStatement", { method: "POST", body: '{"Sql":"select 1"}' });
    expect(json.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(await json.json()).toEqual({ operation: "ExecuteStatement", input: { Sql: "select 1" }, context });
  });

  it("answers errors under their names, in header and body", async () => {
    const response = await call(await start(), "redshift-data", "Refuse", { method: "POST", body: "{}" });
    expect(response.status).toBe(409);
    expect(response.headers.get("x-amzn-errortype")).toBe("ConflictException");
    expect(await response.json()).toEqual({ __type: "ConflictException", message: "no", ResourceId: "r" });
  });

  it.each([
    ["redshift-data", "Break", "{}", 500, "InternalServerException"],
    ["redshift-data", "Any", "[", 400, "SerializationException"],
    ["dynamodb", "Scan", "{}", 404, "UnknownOperationException"],
  ])("%s %s with %s is %i %s", async (service, operation, body, status, code) => {
    const response = await call(await start(), service, operation, { method: "POST", body });
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([status, code]);
  });

  it("runs resource life cycles and answers failures as sentences", async () => {
    const url = `${await start()}/cfn`;
    const post = async (body: object): Promise<unknown> =>
      (await fetch(url, { method: "POST", body: JSON.stringify(body) })).json();
    const request = {
      action: "create",
      type: "AWS::MSK::Topic",
      logicalId: "T",
      stack: "s",
      region: "us-east-1",
      account: "000000000000",
      desired: { TopicName: "t" },
      previous: null,
    };
    expect(await post(request)).toEqual({ model: { TopicName: "t", Arn: "a" } });
    expect(await post({ ...request, action: "delete" })).toEqual({ error: "still in use" });
    expect(await post({ ...request, type: "AWS::Glue::Job" })).toEqual({
      error: "Nothing here handles the resource type AWS::Glue::Job.",
    });
    expect(await post({})).toHaveProperty("error");
  });
});

describe("the service process's environment", () => {
  const complete = {
    MILLRACE_SERVICES_PORT: "0",
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
    MILLRACE_KAFKA: "127.0.0.1:9092",
    MILLRACE_WAREHOUSE_URL: "postgres://u:p@127.0.0.1:5432/d",
    MILLRACE_DATA_DIR: "/tmp/x",
  };

  it("has defaults for region and keys", () => {
    expect(parseServicesEnvironment(complete)).toMatchObject({ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test" });
  });

  it("reports every problem at once", () => {
    const wrong = {
      ...complete,
      MILLRACE_SERVICES_PORT: "70000",
      MILLRACE_KAFKA: "kafka",
      MILLRACE_DATA_DIR: undefined,
    };
    expect(() => parseServicesEnvironment(wrong)).toThrow(
      /MILLRACE_SERVICES_PORT: a port is below 65536\n- MILLRACE_KAFKA: host:port is needed\n- MILLRACE_DATA_DIR: /,
    );
  });
});
