/** LocalStack 4.14.0 is written for Python 3.13; on 3.12 two of its lines fail at import, and are put so that they do not. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const LINES = [
  // There, Lock is a function, which has no `|`.
  ["packages/api.py", "install_lock: Lock | None", 'install_lock: "Lock | None"'],
  // New in 3.13.
  ["utils/tagging.py", "from warnings import deprecated", "from typing_extensions import deprecated"],
];

/** Changes LocalStack in an environment of Python 3.12; any other version is left alone. */
export function fitLocalStackTo(version, environment) {
  if (version !== "3.12") return;
  for (const [name, before, after] of LINES) {
    const file = path.join(environment, "lib", "python3.12", "site-packages", "localstack", name);
    writeFileSync(file, readFileSync(file, "utf8").replace(before, after));
  }
}
