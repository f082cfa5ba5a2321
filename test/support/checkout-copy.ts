import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** What setup installed: shared with the copy, which changes none of it. */
const INSTALLED = ["python", "java", "setup", "templates", "tools.json"];

/** The files of this checkout in a folder of their own, for tests that change definitions. */
export function copyOfCheckout(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-checkout-"));
  // The warehouse's server may run as another user, who must get to its data.
  chmodSync(folder, 0o755);
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  for (const file of listed.toString("utf8").split("\0")) {
    const from = path.join(root, file);
    if (file === "" || !existsSync(from)) continue;
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    copyFileSync(from, path.join(folder, file));
  }
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  mkdirSync(path.join(folder, ".local"));
  for (const name of INSTALLED) symlinkSync(path.join(root, ".local", name), path.join(folder, ".local", name));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
