import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { damage, damaged } from "./fuzz.ts";

const GOLDEN = path.resolve(import.meta.dirname, "../golden/files");
/** Every kind of statement that the project makes, and some that people write. */
export const statements: readonly string[] = [
  ...readdirSync(GOLDEN, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .flatMap((name) => readFileSync(path.join(GOLDEN, name), "utf8").split(/;\s*\n/))
    .map((statement) => statement.trim())
    // The Data API has them around each batch by itself.
    .filter((statement) => statement !== "" && !/^(?:BEGIN|COMMIT)$/.test(statement)),
  "SELECT DATEDIFF(month, '2024-01-31', '2024-02-01'), LISTAGG(a, ',') WITHIN GROUP (ORDER BY a) FROM t GROUP BY 1",
  "WITH a AS (SELECT 1 AS x) SELECT x::int, x || 'y', CASE WHEN x > 1 THEN 2 END FROM a ORDER BY 1 DESC NULLS LAST LIMIT 3",
  "UNLOAD ('select 1') TO 's3://b/k' IAM_ROLE default FORMAT CSV",
  "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = s.b WHEN NOT MATCHED THEN INSERT VALUES (s.a, s.b)",
  "GRANT SELECT ON t TO u",
];

const WORDS = /'(?:[^']|'')*'|"[^"]*"|[A-Za-z_][A-Za-z_0-9]*|\d+|\s+|--[^\n]*|./gu;
const words = (statement: string): readonly string[] => statement.match(WORDS) ?? [];
const vocabulary = [...new Set(statements.flatMap(words))];

/** A statement with words taken out, doubled, swapped or put in from others. */
const mutated = fc
  .tuple(
    fc.constantFrom(...statements),
    fc.array(
      fc.record({
        at: fc.nat({ max: 5_000 }),
        kind: fc.constantFrom("drop", "double", "swap", "insert", "replace", "cut"),
        word: fc.constantFrom(...vocabulary),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([statement, changes]) => {
    const list = [...words(statement)];
    for (const { at, kind, word } of changes) {
      const place = list.length === 0 ? 0 : at % list.length;
      if (kind === "drop") list.splice(place, 1);
      if (kind === "double") list.splice(place, 0, list[place] ?? "");
      if (kind === "swap") list.splice(place, 2, list[place + 1] ?? "", list[place] ?? "");
      if (kind === "insert") list.splice(place, 0, word, " ");
      if (kind === "replace") list.splice(place, 1, word);
      if (kind === "cut") list.length = place;
    }
    return list.join("");
  });
const broken = fc
  .tuple(fc.constantFrom(...statements), damage)
  .map(([statement, bad]) => damaged(Buffer.from(statement), bad).toString("utf8"));
const soup = fc.array(fc.constantFrom(...vocabulary), { maxLength: 25 }).map((list) => list.join(" "));
export const anyStatement = fc.oneof(mutated, mutated, broken, soup, fc.string({ unit: "binary", maxLength: 60 }));
