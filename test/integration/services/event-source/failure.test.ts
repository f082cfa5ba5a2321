import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { MSKEvent } from "aws-lambda";
import type { Mapping, RetryRules } from "../../../../localstack/services/event-source/mapping.ts";
import { startTestBroker, type TestBroker } from "../broker.ts";
import { until } from "../until.ts";
import {
  allValues,
  CLUSTER_ARN,
  FUNCTION_ARN,
  mappingOf,
  recordsOf,
  runMapping,
  Unavailable,
  valuesOf,
  type RunningMapping,
  type TestFunction,
} from "./harness.ts";

jest.setTimeout(90_000);

const letters = (text: string): { value: string }[] => Array.from(text, (value) => ({ value }));
const rules = (changes: Partial<RetryRules>): RetryRules => ({ ...mappingOf("").rules, ...changes });
const poisonedBy = (poison: string) => (event: MSKEvent) => {
  if (valuesOf(event).includes(poison)) throw new Error(`cannot take ${poison}`);
};

/** Records what AWS clients send; answers nothing but success. */
interface Endpoint {
  readonly requests: { readonly path: string; readonly body: string }[];
  readonly url: string;
  readonly server: Server;
}

async function startEndpoint(): Promise<Endpoint> {
  const requests: Endpoint["requests"] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push({ path: request.url ?? "", body: Buffer.concat(chunks).toString() });
      const isSqs = String(request.headers["x-amz-target"] ?? "").startsWith("AmazonSQS");
      response.end(isSqs ? JSON.stringify({ QueueUrl: "http://queue/failed", MessageId: "1" }) : "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { requests, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("a batch that fails", () => {
  let broker: TestBroker;
  let endpoint: Endpoint;
  const running: RunningMapping[] = [];
  const run = (mapping: Mapping, work: TestFunction): RunningMapping => {
    const client = {
      endpoint: endpoint.url,
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    };
    const started = runMapping(broker, mapping, work, {
      s3: new S3Client({ ...client, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" }),
      sqs: new SQSClient({ ...client, md5: false }),
      sns: new SNSClient(client),
    });
    running.push(started);
    return started;
  };
  const committed = (mapping: Mapping, offset: number) => () =>
    broker.committed(mapping.groupId, mapping.topic).then(([first]) => first === offset);

  beforeAll(async () => {
    broker = await startTestBroker();
  }, 60_000);
  beforeEach(async () => {
    endpoint = await startEndpoint();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((mapping) => mapping.stop(0)));
    endpoint.server.closeAllConnections();
    endpoint.server.close();
  });
  afterAll(async () => {
    await broker.stop();
  });

  it("is tried again, whole and before what follows, until it succeeds", async () => {
    await broker.createTopic("retried");
    await broker.produce("retried", 0, letters("abcd"));
    let failures = 0;
    const { calls, mapping } = run(mappingOf("retried", { batchSize: 2 }), (event) => {
      if (valuesOf(event)[0] === "a" && (failures += 1) <= 3) throw new Error("not yet");
    });
    await until("committed", committed(mapping, 4));
    expect(calls.map(({ event }) => valuesOf(event).join(""))).toEqual(["ab", "ab", "ab", "ab", "cd"]);
  });

  it("is put off when Lambda does not run it, without using up its retries", async () => {
    await broker.createTopic("throttled");
    await broker.produce("throttled", 0, letters("a"));
    let attempts = 0;
    const { calls, mapping } = run(mappingOf("throttled", { rules: rules({ maximumRetries: 0 }) }), () => {
      attempts += 1;
      if (attempts <= 3) throw new Unavailable("TooManyRequestsException: Rate Exceeded.");
    });
    await until("committed", committed(mapping, 1));
    expect(calls).toHaveLength(4);
  });

  it("is dropped, loudly, when its retries are used up and there is no destination", async () => {
    await broker.createTopic("dropped");
    await broker.produce("dropped", 0, letters("ab"));
    const mapping = mappingOf("dropped", { batchSize: 1, rules: rules({ maximumRetries: 1 }) });
    const { calls, logged } = run(mapping, poisonedBy("a"));
    await until("committed", committed(mapping, 2));
    expect(calls.map(({ event }) => valuesOf(event).join(""))).toEqual(["a", "a", "b"]);
    expect(logged.some((line) => line.includes("records discarded") && line.includes("RetryAttemptsExhausted"))).toBe(
      true,
    );
  });

  it("is bisected until the poison record is alone; the rest goes through in order", async () => {
    await broker.createTopic("bisected");
    await broker.produce("bisected", 0, letters("abcdefgh"));
    const mapping = mappingOf("bisected", {
      rules: rules({ bisect: true, maximumRetries: 1 }),
      destination: { kind: "kafka", topic: "bisected-failed" },
    });
    await broker.createTopic("bisected-failed");
    const taken: string[] = [];
    const { calls } = run(mapping, (event) => {
      poisonedBy("f")(event);
      taken.push(...valuesOf(event));
    });
    await until("committed", committed(mapping, 8));
    expect(calls.map(({ event }) => valuesOf(event).join(""))).toEqual([
      "abcdefgh",
      "abcd",
      "efgh",
      "ef",
      "e",
      "f",
      "f",
      "gh",
    ]);
    expect(taken.join("")).toBe("abcdegh");
  });

  it("has only the reported records tried again", async () => {
    await broker.createTopic("partial", 2);
    await broker.produce("partial", 0, letters("abc"));
    await broker.produce("partial", 1, letters("xyz"));
    const failing = new Set(["b", "c", "y"]);
    const mapping = mappingOf("partial", { windowMs: 500, rules: rules({ partialResponses: true }) });
    const { calls } = run(mapping, (event) => ({
      batchItemFailures: recordsOf(event)
        .filter((record) => failing.delete(Buffer.from(record.value, "base64").toString()))
        .map(({ topic, partition, offset }) => ({ itemIdentifier: { partition: `${topic}-${partition}`, offset } })),
    }));
    await until("committed", async () =>
      (await broker.committed(mapping.groupId, "partial")).every((offset) => offset === 3),
    );
    expect(calls.map(({ event }) => [...valuesOf(event)].sort().join(""))).toEqual(["abcxyz", "bcy"]);
  });

  it("commits up to the first record that is still failing", async () => {
    await broker.createTopic("prefix");
    await broker.produce("prefix", 0, letters("abcd"));
    const mapping = mappingOf("prefix", { rules: rules({ partialResponses: true }) });
    run(mapping, () => ({ batchItemFailures: [{ itemIdentifier: { partition: "prefix-0", offset: 2 } }] }));
    await until("the prefix is committed", committed(mapping, 2));
  });

  it("is failed whole by an identifier that was not in it", async () => {
    await broker.createTopic("misreported");
    await broker.produce("misreported", 0, letters("ab"));
    const reports = [{ batchItemFailures: [{ itemIdentifier: { partition: "misreported-0", offset: 99 } }] }, {}];
    const mapping = mappingOf("misreported", { rules: rules({ partialResponses: true }) });
    const { calls } = run(mapping, () => reports.shift());
    await until("committed", committed(mapping, 2));
    expect(calls.map(({ event }) => valuesOf(event).join(""))).toEqual(["ab", "ab"]);
  });

  it("gives up records that are too old before they are tried", async () => {
    await broker.createTopic("aged");
    await broker.createTopic("aged-failed");
    const old = String(Date.now() - 120_000);
    await broker.produce("aged", 0, [{ value: "old", timestamp: old }, { value: "young" }]);
    const mapping = mappingOf("aged", {
      rules: rules({ maximumAgeMs: 60_000 }),
      destination: { kind: "sqs", arn: "arn:aws:sqs:us-east-1:000000000000:failed" },
    });
    const { calls } = run(mapping, () => null);
    await until("committed", committed(mapping, 2));
    expect(allValues(calls)).toEqual(["young"]);
    const sent = endpoint.requests.map(({ body }) => JSON.parse(body) as { QueueUrl?: string; MessageBody?: string });
    const message = JSON.parse(sent.find((request) => request.MessageBody !== undefined)?.MessageBody ?? "") as object;
    expect(message).toMatchObject({
      requestContext: { condition: "RecordAgeExceeded", approximateInvokeCount: 0 },
      responseContext: null,
      KafkaBatchInfo: { batchSize: 1 },
    });
  });

  it("goes to an S3 destination with the whole event", async () => {
    await broker.createTopic("kept");
    await broker.produce("kept", 0, [{ key: "k", value: "a", timestamp: "1767323045678" }, ...letters("b")]);
    const mapping = mappingOf("kept", {
      rules: rules({ maximumRetries: 2 }),
      destination: { kind: "s3", bucket: "failed-batches" },
    });
    const { calls } = run(mapping, poisonedBy("a"));
    await until("committed", committed(mapping, 2));
    expect(calls).toHaveLength(3);
    const [put] = endpoint.requests;
    expect(put?.path).toMatch(
      new RegExp(
        `^/failed-batches/aws/lambda/${mapping.uuid}/kept-0/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}\\?`,
      ),
    );
    const record = JSON.parse(put?.body ?? "") as { payload: string };
    expect(record).toMatchObject({
      requestContext: {
        requestId: "request-3",
        functionArn: FUNCTION_ARN,
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      version: "1.0",
      KafkaBatchInfo: {
        batchSize: 2,
        eventSourceArn: CLUSTER_ARN,
        bootstrapServers: broker.address,
        payloadSize: calls[0]?.size,
        recordsInfo: {
          "kept-0": { firstRecordOffset: "0", lastRecordOffset: "1", firstRecordTimestamp: "2026-01-02T03:04:05.678Z" },
        },
      },
    });
    expect(JSON.parse(record.payload)).toEqual(calls[0]?.event);
  });

  it("goes to an SNS destination without the event", async () => {
    await broker.createTopic("told");
    await broker.produce("told", 0, letters("a"));
    const mapping = mappingOf("told", {
      rules: rules({ maximumRetries: 0 }),
      destination: { kind: "sns", arn: "arn:aws:sns:us-east-1:000000000000:failed" },
    });
    run(mapping, poisonedBy("a"));
    await until("committed", committed(mapping, 1));
    const form = new URLSearchParams(endpoint.requests[0]?.body);
    expect(form.get("TopicArn")).toBe("arn:aws:sns:us-east-1:000000000000:failed");
    const record = JSON.parse(form.get("Message") ?? "") as object;
    expect(record).toMatchObject({ KafkaBatchInfo: { batchSize: 1 } });
    expect(record).not.toHaveProperty("payload");
  });

  it("goes to an on-failure topic record by record, under the records' own keys", async () => {
    await broker.createTopic("routed");
    await broker.createTopic("routed-failed");
    await broker.produce("routed", 0, [{ key: "one", value: "a" }, { value: "b" }]);
    const mapping = mappingOf("routed", {
      rules: rules({ maximumRetries: 0 }),
      destination: { kind: "kafka", topic: "routed-failed" },
    });
    const { calls } = run(mapping, poisonedBy("a"));
    await until("committed", committed(mapping, 2));

    const failed = run(mappingOf("routed-failed"), () => null);
    await until("two failures", () => allValues(failed.calls).length === 2);
    const [first, second] = failed.calls.flatMap(({ event }) => recordsOf(event));
    expect(Buffer.from(first?.key ?? "", "base64").toString()).toBe("one");
    expect(second?.key).toBeUndefined();
    const message = JSON.parse(Buffer.from(first?.value ?? "", "base64").toString()) as object;
    expect(message).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 1 },
      KafkaBatchInfo: { batchSize: 1, recordInfo: { offset: "0" } },
      payload: { records: { "routed-0": [recordsOf(calls[0]?.event ?? ({ records: {} } as MSKEvent))[0]] } },
    });
  });

  it("keeps a record too large for any invocation out of the way when it may", async () => {
    await broker.createTopic("huge");
    await broker.createTopic("huge-failed");
    await broker.produce("huge", 0, [{ value: "a" }, { value: Buffer.alloc(5_000_000, 1) }, { value: "b" }]);
    const mapping = mappingOf("huge", { destination: { kind: "s3", bucket: "failed-batches" } });
    const { calls } = run(mapping, () => null);
    await until("committed", committed(mapping, 3));
    expect(allValues(calls)).toEqual(["a", "b"]);
    const record = JSON.parse(endpoint.requests[0]?.body ?? "") as object;
    expect(record).toMatchObject({
      requestContext: { condition: "MaximumPayloadSizeExceeded" },
      responseContext: null,
    });
  });
});
