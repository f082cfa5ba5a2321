import type { AnyView } from "../../model/view.ts";
import { customersByMonth, customerValue, paymentsByMonth, repeatRate } from "./customers.ts";
import { freshness } from "./freshness.ts";
import { fulfilmentByMonth, orderFulfilment, ordersByStatus } from "./orders.ts";
import { salesByCountry, salesByMonth, salesByOffice, salesByProductLine, salesTotal } from "./sales.ts";

/** Every view for analysts. */
export const views: readonly AnyView[] = [
  salesTotal,
  salesByMonth,
  salesByProductLine,
  salesByOffice,
  salesByCountry,
  ordersByStatus,
  orderFulfilment,
  fulfilmentByMonth,
  customersByMonth,
  repeatRate,
  customerValue,
  paymentsByMonth,
  freshness,
];
