import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Before the infra tests: one process synthesizes everything that they look at, since loading CDK and its checks costs
 * seconds each time. Without credentials, and with a proxy that refuses: synth must not need the network.
 */
export default function setup(): void {
  const folder = mkdtempSync(join(tmpdir(), "millrace-infra-"));
  const { PATH, HOME } = process.env;
  const offline = "http://127.0.0.1:9";
  const run = spawnSync("node", ["--import", "tsx", join(import.meta.dirname, "main.ts"), folder], {
    cwd: join(import.meta.dirname, "../../.."),
    env: { PATH, HOME, HTTP_PROXY: offline, HTTPS_PROXY: offline },
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`The stacks do not synthesize:\n${run.stdout}${run.stderr}`);
  process.env["MILLRACE_INFRA"] = folder;
}
