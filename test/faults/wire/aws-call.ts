import type { IncomingMessage } from "node:http";

/** A call of an AWS API as traps and routes see it. */
export interface AwsCall {
  /** As in the signature's scope: s3, sqs, redshift-data, kafka, lambda, states, secretsmanager. */
  readonly service: string;
  readonly operation: string;
  /** What traps match: operation, and what it is about. */
  readonly text: string;
  /** Path without the query. */
  readonly path: string;
  readonly contentType: string;
}

/** Names a request by its signature's scope, its target header, or for S3 and REST its method and path. */
export function describeCall(request: IncomingMessage, body: Buffer): AwsCall {
  const { method = "GET", headers } = request;
  const url = new URL(request.url ?? "/", "http://localhost");
  const path = decodeURIComponent(url.pathname);
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "unknown";
  const target = String(headers["x-amz-target"] ?? "")
    .split(".")
    .at(-1);
  const rest = { service, path, contentType: headers["content-type"] ?? "application/json" };
  if (service === "s3") {
    const [, bucket = "", ...key] = path.split("/");
    const prefix = url.searchParams.get("prefix");
    const operation = prefix !== null ? "List" : (S3_OPERATIONS[method] ?? method);
    return { ...rest, operation, text: `${operation} ${bucket}/${prefix ?? key.join("/")}` };
  }
  if (target !== undefined && target !== "") {
    return { ...rest, operation: target, text: `${target} ${subjectOf(target, body)}`.trimEnd() };
  }
  const operation = REST_OPERATIONS.find(({ at }) => at.test(path))?.operation ?? `${method} ${path}`;
  return { ...rest, operation, text: `${operation} ${path}` };
}

const S3_OPERATIONS: Readonly<Record<string, string>> = { GET: "Get", PUT: "Put", DELETE: "Delete", HEAD: "Head" };
const REST_OPERATIONS = [
  { at: /\/bootstrap-brokers$/, operation: "GetBootstrapBrokers" },
  { at: /\/functions\/[^/]+\/invocations$/, operation: "Invoke" },
];

/** What a JSON call is about, as far as traps tell calls apart. */
function subjectOf(operation: string, body: Buffer): string {
  if (!["SendMessage", "ExecuteStatement"].includes(operation)) return "";
  const { QueueUrl, Sql } = JSON.parse(body.toString("utf8")) as { readonly QueueUrl?: string; readonly Sql?: string };
  return Sql ?? QueueUrl?.split("/").at(-1) ?? "";
}
