import type { Connection } from "mysql2/promise";
import { createRandom } from "../generator/random.ts";
import type { Random } from "../generator/random.ts";
import type { Change } from "./change.ts";
import { changeContext } from "./change.ts";
import { changePrice, countStock, rewriteLine } from "./goods.ts";
import {
  addLateLine,
  correctLine,
  exchangeProduct,
  moveStatus,
  placeOrder,
  removeLine,
  removeOrder,
} from "./orders.ts";
import { removePayment, renumberCheck } from "./payments.ts";
import { addCustomer, moveCustomer, moveEmployee, reassignCustomer } from "./people.ts";

/** How often each change happens among all of them. */
const WEIGHTS: readonly (readonly [Change, number])[] = [
  [placeOrder, 8],
  [moveStatus, 6],
  [addLateLine, 3],
  [correctLine, 3],
  [exchangeProduct, 1],
  [removeLine, 1],
  [removeOrder, 1],
  [renumberCheck, 1],
  [removePayment, 1],
  [moveCustomer, 3],
  [reassignCustomer, 1],
  [addCustomer, 1],
  [moveEmployee, 1],
  [changePrice, 3],
  [countStock, 3],
  [rewriteLine, 1],
];

export interface MixOptions {
  /** Committed transactions. */
  readonly transactions: number;
  readonly seed: number;
  /** Waits between two transactions, so that they come as in life and not all at once. */
  readonly pause: () => Promise<unknown>;
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal;
}

export interface MixOutcome {
  readonly transactions: number;
  /** Rows inserted, updated and deleted by them. */
  readonly rows: number;
}

/** Every thirtieth transaction is taken back: nothing of it may be seen anywhere. */
const ROLLED_BACK_EVERY = 30;

/**
 * A day in the shop: transactions of one to a dozen row changes of all kinds, on whatever rows are there. Each kind
 * happens once before any chance is left to the weights.
 * @param connection with the shop's database in use
 */
export async function runMix(connection: Connection, options: MixOptions): Promise<MixOutcome> {
  const random = createRandom(options.seed).fork("changes");
  const context = changeContext(connection, random);
  const first = random.shuffled(WEIGHTS.map(([change]) => change));
  let rows = 0;
  for (let done = 0; done < options.transactions; done++) {
    options.signal?.throwIfAborted();
    const change = first[done] ?? weighted(random);
    if (done % ROLLED_BACK_EVERY === ROLLED_BACK_EVERY - 1) {
      await connection.beginTransaction();
      await placeOrder(context);
      await connection.rollback();
    }
    const before = context.changed();
    await connection.beginTransaction();
    await change(context);
    await connection.commit();
    rows += context.changed() - before;
    options.onProgress(done + 1);
    await options.pause();
  }
  return { transactions: options.transactions, rows };
}

function weighted(random: Random): Change {
  return random.pick(WEIGHTS.flatMap(([change, weight]) => Array.from({ length: weight }, () => change)));
}
