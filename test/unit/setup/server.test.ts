import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const MODULE = path.resolve(import.meta.dirname, "../../../localstack/setup/server.mjs");
const ASK = `import(${JSON.stringify(MODULE)}).then(({ serversOnMachine }) => console.log(JSON.stringify(serversOnMachine()))).catch((e) => console.log(e.message))`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "millrace-setup-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that says it is this version: what setup goes by before it starts one. */
function program(name: string, version: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${name}  Ver ${version} for Linux"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** What setup would use, in a process of its own as setup is one. */
function servers(asked: string): string {
  const env = { ...process.env, PATH: folder, MILLRACE_SOURCE_SERVER: asked };
  return execFileSync(process.execPath, ["-e", ASK], { env, encoding: "utf8" }).trim();
}

describe("the source server that setup uses", () => {
  it("is the one that MILLRACE_SOURCE_SERVER names, whatever else the machine has", () => {
    program("mariadbd", "11.8.1-MariaDB");
    const mine = program("my-mysqld", "9.7.0");
    expect(JSON.parse(servers(mine))).toMatchObject([{ kind: "mysql", version: "9.7.0", program: mine }]);
  });

  it("is the first on the PATH when none is named, and none of the machine's with maven", () => {
    const found = program("mariadbd", "11.8.1-MariaDB");
    expect((JSON.parse(servers("")) as unknown[])[0]).toMatchObject({ kind: "mariadb", program: found });
    expect(servers("maven")).toBe("[]");
  });

  it.each([
    ["/no/such/mysqld", () => "/no/such/mysqld"],
    ["one too old", () => program("old-mysqld", "5.7.44")],
  ])("is refused by name when it is %s", (_, asked) => {
    const name = asked();
    expect(servers(name)).toContain(`MILLRACE_SOURCE_SERVER=${name} is no MariaDB (10.5 or newer) or MySQL`);
  });
});
