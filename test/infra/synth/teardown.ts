import { rmSync } from "node:fs";

/** After the infra tests: the assemblies go. */
export default function teardown(): void {
  const folder = process.env["MILLRACE_INFRA"];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
