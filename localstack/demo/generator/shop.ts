import { generateCatalogue } from "./catalogue.ts";
import { generateOrders } from "./orders.ts";
import { generatePeople } from "./people.ts";
import { createRandom } from "./random.ts";
import type { GeneratedRow } from "./rows.ts";

export interface ShopOptions {
  readonly orders: number;
  readonly seed: number;
}

/** Classic Models has 122 customers; there, and in larger shops, about one customer for twenty orders. */
const customersFor = (orders: number): number => Math.max(122, Math.ceil(orders / 20));

/**
 * A shop of the Classic Models' shape with that data's oddities, one row after another, parents before children.
 * The same options give the same rows, byte for byte.
 */
export function* generateShop({ orders, seed }: ShopOptions): Generator<GeneratedRow> {
  const random = createRandom(seed);
  const catalogue = generateCatalogue(random.fork("catalogue"));
  yield* catalogue.rows;
  const people = generatePeople(random.fork("people"), customersFor(orders));
  yield* people.rows;
  yield* generateOrders(random.fork("orders"), orders, people.buyers, catalogue.sold);
}
