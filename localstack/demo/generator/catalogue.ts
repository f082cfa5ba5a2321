import type { Random } from "./random.ts";
import type { GeneratedRow } from "./rows.ts";
import { money } from "./rows.ts";
import { productLines, productNouns, vendors } from "./words.ts";

export interface Product {
  readonly code: string;
  /** Cents. */
  readonly listPrice: number;
}

export interface Catalogue {
  readonly rows: readonly GeneratedRow[];
  /** All products but the one that is never sold. */
  readonly sold: readonly Product[];
}

const PRODUCTS = 110;
/** Product sold to nobody: it must be in the dimension all the same. */
const NEVER_SOLD = 41;
const SCALES = ["1:10", "1:12", "1:18", "1:24", "1:50", "1:72", "1:700"] as const;

/** Seven product lines with their products. */
export function generateCatalogue(random: Random): Catalogue {
  const rows: GeneratedRow[] = productLines.map((line, index) => productLineRow(random, line, index));
  const sold: Product[] = [];
  for (let i = 0; i < PRODUCTS; i++) {
    const scale = random.pick(SCALES);
    const code = `M${scale.slice(2).padStart(2, "0")}_${1000 + i * 37}`;
    const listPrice = random.int(3_000, 21_000);
    const buyPrice = Math.round((listPrice * random.int(40, 75)) / 100);
    const line = random.pick(productLines);
    rows.push({
      table: "products",
      cells: [
        code,
        `${random.int(1890, 1999)} ${line.split(" ").at(-1) ?? line} ${random.pick(productNouns)}`,
        line,
        scale,
        random.pick(vendors),
        description(random, i),
        random.int(0, 9_999),
        money(buyPrice),
        money(listPrice),
      ],
    });
    if (i !== NEVER_SOLD) sold.push({ code, listPrice });
  }
  return { rows, sold };
}

function productLineRow(random: Random, line: string, index: number): GeneratedRow {
  const html = index % 3 === 0 ? `<h1>${line}</h1>\r\n<p class="intro">Hand-made &amp; numbered</p>` : null;
  // Zero bytes at both ends, bytes above 127 and a line end: binary must arrive to the byte.
  const image =
    index % 2 === 0 ? Buffer.from([0, 255, ...Array.from({ length: 40 }, () => random.int(0, 255)), 10, 0]) : null;
  return {
    table: "productlines",
    cells: [line, index === 6 ? null : `${line} for the shelf: scale models, made in small numbers.`, html, image],
  };
}

function description(random: Random, index: number): string {
  const parts = [
    "Doors open",
    "working wheels",
    "painted by hand",
    'marked "No. 1"',
    "comes with a stand",
    "box 7\\8 inch",
  ];
  const text = random.shuffled(parts).slice(0, 3).join(", ");
  return index % 15 === 0 ? `${text}.\r\nLimited edition.` : `${text}.`;
}
