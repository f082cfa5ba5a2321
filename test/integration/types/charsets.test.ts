import { writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import { MULTI_BYTE_PLANES, multiByteReader } from "../../../lambdas/adapters/mysql/values/multi-byte-charsets.ts";
import type { MultiByteCharset } from "../../../lambdas/adapters/mysql/values/multi-byte-charsets.ts";
import { codeBytes, serverTexts } from "../../support/types/charset-tables.ts";
import { SERVERS, openWriter } from "../binlog/servers.ts";
import type { ServerUnderTest } from "../binlog/servers.ts";

const CHARSETS = Object.keys(MULTI_BYTE_PLANES) as readonly MultiByteCharset[];
const FILE = path.join(import.meta.dirname, "../../../lambdas/adapters/mysql/values/multi-byte-tables.ts");
const BASIC_FOUR_BYTE_CODES = 39_420;

/** Four bytes of GB 18030 by their place in its order. */
const fourBytes = (n: number): Buffer =>
  Buffer.from([
    0x81 + Math.floor(n / 12_600),
    0x30 + (Math.floor(n / 1_260) % 10),
    0x81 + (Math.floor(n / 10) % 126),
    0x30 + (n % 10),
  ]);

/** Differences of neighbouring units: the low bytes, then the high ones. */
function packed(texts: readonly string[]): Buffer {
  const bytes = Buffer.alloc(texts.length * 2);
  texts.forEach((text, i) => {
    const difference = (text.charCodeAt(0) - (texts[i - 1]?.charCodeAt(0) ?? 0)) & 0xffff;
    bytes[i] = difference & 0xff;
    bytes[texts.length + i] = difference >> 8;
  });
  return bytes;
}

describe.each(SERVERS)("multi-byte character sets of $name", (under) => {
  let server: ServerUnderTest;
  let session: MysqlSession;
  let known: readonly MultiByteCharset[];

  beforeAll(async () => {
    server = await under.start();
    session = await openWriter(server.target);
    const rows = await session.query("SELECT CHARACTER_SET_NAME AS name FROM information_schema.CHARACTER_SETS");
    known = CHARSETS.filter((charset) => rows.some(({ name }) => name === charset));
    if (process.env.UPDATE_CHARSETS === "1" && known.length === CHARSETS.length) await update();
  }, 120_000);

  afterAll(async () => {
    session.close();
    await server.stop();
  });

  async function update(): Promise<void> {
    const planes = CHARSETS.flatMap((charset) => MULTI_BYTE_PLANES[charset].map((plane) => ({ charset, plane })));
    const tables: Buffer[] = [];
    for (const { charset, plane } of planes) tables.push(packed(await serverTexts(session, charset, codeBytes(plane))));
    const text = brotliCompressSync(Buffer.concat(tables)).toString("base64");
    const source = await import("node:fs").then((fs) => fs.readFileSync(FILE, "utf8"));
    writeFileSync(FILE, source.replace(/"[A-Za-z0-9+/=]{100,}"/, `"${text}"`));
  }

  it("are read as the server reads them, code by code", async () => {
    expect(known.length).toBeGreaterThanOrEqual(8);
    for (const charset of known) {
      const read = multiByteReader(charset);
      const codes = MULTI_BYTE_PLANES[charset].flatMap((plane) => codeBytes(plane));
      if (charset === "gb18030") codes.push(...Array.from({ length: BASIC_FOUR_BYTE_CODES }, (_, n) => fourBytes(n)));
      const theirs = await serverTexts(session, charset, codes);
      const differ = codes.flatMap((code, i) => {
        const text = read(code, 0, code.length);
        const ours = text.isWellFormed() ? text : "\ufffd";
        return ours === theirs[i] ? [] : [`${code.toString("hex")}: ${ours} and not ${theirs[i] ?? ""}`];
      });
      expect([charset, differ]).toEqual([charset, []]);
    }
  }, 120_000);
});
