import type { Change } from "./change.ts";
import { someCustomer } from "./change.ts";

interface PaymentRow {
  readonly customerNumber: number;
  readonly checkNumber: string;
}

async function somePayment(context: Parameters<Change>[0]): Promise<PaymentRow | null> {
  const customer = await someCustomer(context);
  const [payment] = await context.rows<PaymentRow>(
    "SELECT customerNumber, checkNumber FROM payments WHERE customerNumber >= ? ORDER BY customerNumber, checkNumber LIMIT 1",
    [customer ?? 0],
  );
  return payment ?? null;
}

/** The check's number was misread: the key changes. */
export const renumberCheck: Change = async (context) => {
  const payment = await somePayment(context);
  if (payment === null) return;
  await context.run(
    "UPDATE payments SET checkNumber = ?, amount = amount + 0.01 WHERE customerNumber = ? AND checkNumber = ?",
    [`RN${context.random.int(0, 1_000_000_000)}`, payment.customerNumber, payment.checkNumber],
  );
};

/** A payment bounced. */
export const removePayment: Change = async (context) => {
  const payment = await somePayment(context);
  if (payment === null) return;
  await context.run("DELETE FROM payments WHERE customerNumber = ? AND checkNumber = ?", [
    payment.customerNumber,
    payment.checkNumber,
  ]);
};
