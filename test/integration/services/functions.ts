import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { CreateFunctionCommand, waitUntilFunctionActiveV2, type LambdaClient } from "@aws-sdk/client-lambda";
import { python } from "../../../localstack/engines/paths.ts";

/** Creates a function from the text of an ES module. @returns its ARN */
export async function createFunction(
  client: LambdaClient,
  name: string,
  source: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "millrace-function-"));
  try {
    await writeFile(path.join(folder, "index.mjs"), source);
    await promisify(execFile)(python, ["-m", "zipfile", "-c", "code.zip", "index.mjs"], { cwd: folder });
    const { FunctionArn = "" } = await client.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::000000000000:role/test",
        Timeout: 30,
        Code: { ZipFile: await readFile(path.join(folder, "code.zip")) },
        Environment: { Variables: { ...environment } },
      }),
    );
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 60 }, { FunctionName: name });
    return FunctionArn;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
