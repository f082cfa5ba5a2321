/** Lambda's Node.js runtime as far as functions can see it: loads the handler and runs it for each event. */
import http from "node:http";
import https from "node:https";
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";

endWithLocalStack();
resolveSdkAsOnLambda();
sendCustomResourceAnswersToLocalStack();

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });
let invocation; // request id while a handler runs

for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, async (error) => {
    const kind = event === "unhandledRejection" ? "Runtime.UnhandledPromiseRejection" : error?.name;
    console.error(error);
    await call("POST", invocation ? `invocation/${invocation}/error` : "init/error", describe(error, kind));
    process.exit(128);
  });
}

const handler = await load().catch(async (error) => {
  console.error(error);
  await call("POST", "init/error", describe(error));
  process.exit(1);
});

for (;;) {
  const { headers, body } = await call("GET", "invocation/next").catch(() => process.exit(0));
  invocation = headers["lambda-runtime-aws-request-id"];
  process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
  try {
    const result = await handler(JSON.parse(body), context(headers));
    await call("POST", `invocation/${invocation}/response`, JSON.stringify(result === undefined ? null : result));
  } catch (error) {
    console.error(`${invocation}\tERROR\tInvoke Error\t`, error);
    await call("POST", `invocation/${invocation}/error`, describe(error));
  }
  invocation = undefined;
}

async function load() {
  const spec = process.env._HANDLER;
  const dot = spec.lastIndexOf(".");
  const [module, name] = [spec.slice(0, dot), spec.slice(dot + 1)];
  const base = path.resolve(process.env.LAMBDA_TASK_ROOT, module);
  const file = [".js", ".mjs", ".cjs"].map((extension) => base + extension).find((each) => existsSync(each));
  if (file === undefined) throw named("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`);
  const loaded = await import(pathToFileURL(file).href);
  const found = loaded[name] ?? loaded.default?.[name];
  if (typeof found !== "function") {
    throw named("Runtime.HandlerNotFound", `${spec} is undefined or not exported`);
  }
  return found;
}

function context(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function call(method, name, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/${name}`, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function describe(error, kind = error?.name) {
  const known = error instanceof Error || typeof error?.message === "string";
  return JSON.stringify({
    errorType: known ? (kind ?? "Error") : typeof error,
    errorMessage: known ? error.message : String(error),
    trace: (error?.stack ?? "").split("\n"),
  });
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

/** LocalStack holds the other end of this pipe: it closes when LocalStack ends, also when it is killed. */
function endWithLocalStack() {
  const lifeline = new net.Socket({ fd: Number(process.env.MILLRACE_LIFELINE), readable: true, writable: false });
  lifeline.on("close", () => process.exit(0));
  lifeline.on("error", () => process.exit(0));
  lifeline.resume();
  lifeline.unref();
  delete process.env.MILLRACE_LIFELINE;
}

/** Lambda's runtime brings the AWS SDK with it; a bundle that leaves it out finds the project's own here. */
function resolveSdkAsOnLambda() {
  const fallback = pathToFileURL(path.resolve(path.dirname(process.execPath), "../../..", "package.json")).href;
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!/^@(aws-sdk|smithy)\//.test(specifier)) throw error;
        return next(specifier, { ...context, parentURL: fallback });
      }
    },
  });
}

/** CDK's custom resources answer by HTTPS on port 443, whatever their response URL says; ours is LocalStack's. */
function sendCustomResourceAnswersToLocalStack() {
  const request = https.request;
  https.request = (options, ...rest) =>
    options?.path?.startsWith?.("/_millrace/custom-resource/")
      ? http.request({ ...options, protocol: "http:", port: new URL(process.env.AWS_ENDPOINT_URL).port }, ...rest)
      : request(options, ...rest);
}
