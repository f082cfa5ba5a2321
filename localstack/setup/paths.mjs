/** Where everything installed lives. All of it is under folders that git ignores. */
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const local = path.join(root, ".local");
export const nodeModules = path.join(root, "node_modules");
/** The Python environment that LocalStack and cfn-lint run in. */
export const venv = path.join(local, "python");
export const venvPython = path.join(venv, "bin", "python");
/** What Maven brought: a folder per engine. */
export const java = path.join(local, "java");
/** Stamps, install logs and the lock of setup itself. */
export const bookkeeping = path.join(local, "setup");
export const logs = path.join(bookkeeping, "logs");
/** Where the engines find the programs that setup found or installed. */
export const tools = path.join(local, "tools.json");
export const engines = path.join(root, "localstack", "engines");
export const extension = path.join(root, "localstack", "extension");
export const setup = path.join(root, "localstack", "setup");
