import type { Change, ChangeContext } from "./change.ts";

async function someProduct({ random, rows }: ChangeContext): Promise<string | null> {
  const found = await rows<{ productCode: string }>("SELECT productCode FROM products ORDER BY productCode");
  return found.length === 0 ? null : random.pick(found).productCode;
}

/** New prices: what was sold before keeps its cost. */
export const changePrice: Change = async (context) => {
  const product = await someProduct(context);
  if (product === null) return;
  await context.run("UPDATE products SET buyPrice = buyPrice + ?, MSRP = MSRP + ? WHERE productCode = ?", [
    context.random.int(1, 500) / 100,
    context.random.int(1, 900) / 100,
    product,
  ]);
};

/** Stock is counted: the column that changes most and matters least. */
export const countStock: Change = async (context) => {
  const product = await someProduct(context);
  if (product === null) return;
  await context.run("UPDATE products SET quantityInStock = ? WHERE productCode = ?", [
    context.random.int(0, 9_999),
    product,
  ]);
};

/** The catalogue's text of a product line is rewritten: all of its products are concerned. */
export const rewriteLine: Change = async (context) => {
  await context.run(
    "UPDATE productlines SET textDescription = CONCAT(COALESCE(textDescription, ''), ' *') WHERE CHAR_LENGTH(COALESCE(textDescription, '')) < 3900 ORDER BY productLine LIMIT 1",
  );
};
