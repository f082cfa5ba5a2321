import type { Random } from "../../../localstack/demo/generator/random.ts";
import { jsonKind } from "./json-kind.ts";
import type { Kind } from "./kinds.ts";

/** Character sets of both servers; those of one alone are beside. */
const CHARSETS = [
  "utf8mb4", "utf8mb4", "utf8mb3", "latin1", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1256", "cp1257", "greek", "hebrew",
  "koi8r", "koi8u", "cp866", "tis620", "macroman", "macce", "cp850", "cp852", "dec8", "hp8", "keybcs2", "geostd8", "armscii8", "ascii",
  "ucs2", "utf16", "utf16le", "utf32", "gbk", "gb2312", "big5", "sjis", "cp932", "ujis", "eucjpms", "euckr", "binary",
] as const; // prettier-ignore

const hex = (text: string): string => (text === "" ? "''" : `_utf8mb4 x'${Buffer.from(text).toString("hex")}'`);

const PIECES = [
  "a", "A", " ", "  ", "\t", "\r\n", "\n", "\0", "\\", "'", '"', ",", "\\N", "NULL", "@NULL@", "é", "ß", "漢", "字", "\u2028", "\ufeff", "\ufffd", "€", "Ж",
] as const; // prettier-ignore

export function anyText(random: Random, most: number, astral: boolean): string {
  const pieces = astral ? [...PIECES, "😀", "𠮷"] : PIECES;
  let text = "";
  for (let left = random.pick([0, 1, 3, most]); left > 0; left -= 1) {
    const piece: string = random.pick(pieces);
    if (Array.from(text + piece).length > most) break;
    text += piece;
  }
  return text;
}

const anyBytes = (random: Random, most: number): string =>
  Buffer.from(Array.from({ length: random.pick([0, 1, 2, 3, most]) }, () => random.int(0, 255))).toString("hex");

const COLLATIONS: Readonly<Record<string, readonly string[]>> = {
  utf8mb4: ["utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_unicode_ci"],
  latin1: ["latin1_swedish_ci", "latin1_bin"],
};

/**
 * Text in any character set: characters through the server's own conversion, or any bytes that it accepts, among them
 * such that are no character.
 */
const text =
  (charsets: readonly string[]): Kind =>
  (random) => {
    const charset = random.pick(charsets);
    const length = random.pick([1, 5, 20, 60]);
    const [name, keyable] = random.pick([
      [`VARCHAR(${length})`, true],
      [`CHAR(${length})`, true],
      ["TINYTEXT", false],
      ["TEXT", false],
      ["LONGTEXT", false],
    ] as const);
    const collation = random.pick(COLLATIONS[charset] ?? [""]);
    const known = charset === "utf8mb4" && name.startsWith("VARCHAR");
    const wide = charset.startsWith("ut") || charset === "ucs2";
    return {
      ddl:
        charset === "binary"
          ? `VARBINARY(${length})`
          : `${name} CHARACTER SET ${charset}${collation && ` COLLATE ${collation}`}`,
      keyable,
      value: () => {
        if (charset === "binary") return { sql: `x'${anyBytes(random, length)}'` };
        if (!wide && random.chance(0.6)) return { sql: `x'${anyBytes(random, length)}'` };
        const drawn = anyText(random, length, charset !== "utf8mb3" && charset !== "ucs2");
        return known ? { sql: hex(drawn), record: drawn } : { sql: hex(drawn) };
      },
    };
  };

/** Long texts: the limits of VARCHAR in bytes. */
const longText: Kind = (random) => ({
  ddl: random.pick(["TEXT", "MEDIUMTEXT"]),
  keyable: false,
  value: () => {
    const [piece, times] = random.pick([
      ["x", 65_535],
      ["é", 32_767],
      ['"', 10_000],
      ["漢", 21_845],
    ] as const);
    return { sql: `REPEAT(${hex(piece)}, ${times})`, record: piece.repeat(times) };
  },
});

const bytes: Kind = (random) => {
  const length = random.pick([1, 2, 4, 16, 255]);
  const name = random.pick([`BINARY(${length})`, `VARBINARY(${length})`, "TINYBLOB", "BLOB", "LONGBLOB"]);
  const fixed = name.startsWith("BINARY");
  return {
    ddl: name,
    keyable: name.includes("BINARY"),
    value: () => {
      const drawn = random.pick([anyBytes(random, Math.min(length, 9)), "00", "", anyBytes(random, 1)]);
      const cut = Buffer.from(drawn, "hex").subarray(0, length);
      const stored = fixed ? Buffer.concat([cut, Buffer.alloc(length - cut.length)]) : cut;
      return { sql: cut.length === 0 ? "''" : `x'${cut.toString("hex")}'`, record: stored.toString("base64") };
    },
  };
};

const LABELS = [
  "a",
  "it's",
  "comma, and",
  'quo"te',
  "ü",
  "",
  "back\\slash",
  "line\nend",
  "漢字",
  "  lead",
  "0",
  "NULL",
];
const quoted = (label: string): string =>
  `'${label.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\n", "\\n")}'`;

const enumeration: Kind = (random) => {
  const labels = random.shuffled(LABELS).slice(0, random.int(1, LABELS.length));
  return {
    ddl: `ENUM(${labels.map(quoted).join(", ")}) CHARACTER SET utf8mb4`,
    keyable: true,
    value: () => {
      if (random.chance(0.15)) return { sql: "'no such label'", record: "" };
      const at = random.int(0, labels.length - 1);
      return { sql: String(at + 1), record: labels[at] ?? "" };
    },
  };
};

const set: Kind = (random) => {
  const usable = LABELS.filter((label) => !label.includes(",") && label !== "");
  const labels = random.shuffled(usable).slice(0, random.int(1, usable.length));
  return {
    ddl: `SET(${labels.map(quoted).join(", ")}) CHARACTER SET utf8mb4`,
    keyable: true,
    value: () => {
      const bits = random.int(0, 2 ** labels.length - 1);
      return { sql: String(bits), record: labels.filter((_, i) => (bits >> i) & 1).join(",") };
    },
  };
};

export function textKinds(flavour: "mysql" | "mariadb"): readonly Kind[] {
  const any = text(flavour === "mysql" ? [...CHARSETS, "gb18030"] : CHARSETS);
  return [any, any, any, any, any, longText, bytes, bytes, enumeration, set, jsonKind(flavour), jsonKind(flavour)];
}
