import { customers } from "./customers.ts";
import { employees } from "./employees.ts";
import { offices } from "./offices.ts";
import { orderdetails } from "./orderdetails.ts";
import { orders } from "./orders.ts";
import { payments } from "./payments.ts";
import { productlines } from "./productlines.ts";
import { products } from "./products.ts";

export const classicmodelsTables = [
  productlines,
  products,
  offices,
  employees,
  customers,
  payments,
  orders,
  orderdetails,
] as const;
