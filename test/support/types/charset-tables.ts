import type { MysqlSession } from "../../../lambdas/adapters/mysql/session.ts";
import { codesOf } from "../../../lambdas/adapters/mysql/values/multi-byte-charsets.ts";
import type { Plane } from "../../../lambdas/adapters/mysql/values/multi-byte-charsets.ts";

const UNASSIGNED = "\ufffd";
const AT_ONCE = 2_000;

/** Bytes of each code of a plane. */
export function codeBytes(plane: Plane): readonly Buffer[] {
  return codesOf(plane).map((code) =>
    Buffer.from([...(plane.prefix === undefined ? [] : [plane.prefix]), code >> 8, code & 0xff]),
  );
}

/** What the server makes of each code; U+FFFD where it knows no character. Nothing is written there. */
export async function serverTexts(
  session: MysqlSession,
  charset: string,
  codes: readonly Buffer[],
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let i = 0; i < codes.length; i += AT_ONCE) {
    const some = codes.slice(i, i + AT_ONCE);
    const bytes = Buffer.concat(some).toString("hex");
    const [row] = await session.query(`SELECT HEX(CONVERT(_${charset} x'${bytes}' USING utf32)) AS hex`);
    const points = (row?.hex ?? "").match(/.{8}/g) ?? [];
    if (points.length !== some.length)
      throw new Error(`${charset}: ${points.length} characters of ${some.length} codes`);
    texts.push(...points.map((hex) => (hex === "0000003F" ? UNASSIGNED : String.fromCodePoint(parseInt(hex, 16)))));
  }
  return texts;
}
