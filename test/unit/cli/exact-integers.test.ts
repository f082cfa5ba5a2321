import http from "node:http";
import type { AddressInfo } from "node:net";
import { GetStatementResultCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { keepIntegersExact } from "../../../lambdas/adapters/redshift-data/exact-integers.ts";

/** What the Data API sends: numbers of any size as JSON numbers. */
const BODY = String.raw`{"Records":[[{"longValue":9007199254740993},{"longValue":-9223372036854775808},{"longValue":5},
  {"longValue":1234567890123456},{"stringValue":"a \"longValue\":9007199254740993} é"},{"doubleValue":0.1}]]}`;

const server = http.createServer((request, response) => {
  request.resume();
  response.setHeader("content-type", "application/x-amz-json-1.1");
  response.end(BODY);
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

describe("keepIntegersExact", () => {
  it("keeps every digit that the SDK's own parsing would round", async () => {
    const { port } = server.address() as AddressInfo;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new RedshiftDataClient({ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", credentials });
    keepIntegersExact(client);
    const { Records } = await client.send(new GetStatementResultCommand({ Id: "1" }));
    client.destroy();
    expect(Records?.[0]).toEqual([
      { stringValue: "9007199254740993" },
      { stringValue: "-9223372036854775808" },
      { longValue: 5 },
      { longValue: 1234567890123456 },
      { stringValue: 'a "longValue":9007199254740993} é' },
      { doubleValue: 0.1 },
    ]);
  });
});
