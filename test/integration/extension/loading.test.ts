import { expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { python } from "../../../localstack/engines/paths.ts";

const SERVICES = "cloudformation s3 sts iam ssm ec2 sqs lambda logs secretsmanager stepfunctions scheduler events";

/** Each service at its first call, all at once. Prints what failed. */
const SCRIPT = `
import os, sys, threading
from localstack.services.plugins import SERVICE_PLUGINS
from millrace_localstack import corrections
corrections.load_one_service_at_a_time()
names = "${SERVICES}".split()
begin = threading.Barrier(len(names))
failed = {}
def load(name):
    begin.wait()
    try:
        SERVICE_PLUGINS.require(name)
    except BaseException as error:
        failed[name] = str(error)
threads = [threading.Thread(target=load, args=(name,), daemon=True) for name in names]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("failed:", failed)
sys.stdout.flush()
os._exit(0)
`;

it("loads services that are called for the first time at the same moment", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "millrace-loading-"));
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, FILESYSTEM_ROOT: folder, DISABLE_EVENTS: "1", DNS_ADDRESS: "0" };
  const { stdout } = await promisify(execFile)(python, ["-c", SCRIPT], { env });
  await rm(folder, { recursive: true, force: true });
  expect(stdout.trim().split("\n").at(-1)).toBe("failed: {}");
}, 180_000);
