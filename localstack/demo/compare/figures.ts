import type { Connection } from "mysql2/promise";
import { classicmodels } from "../../../schemas/sources/classicmodels/area.ts";
import { rowsOf } from "../source/connection.ts";
import type { Comparison } from "./comparison.ts";
import { compareSums, comparison } from "./comparison.ts";

/** One statement on the warehouse; keys are lower case, numerics text. */
export type AskWarehouse = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Orders of customers whom nobody serves. */
const NOBODY = "(none)";

/**
 * The star's figures beside the source's. The source joins what is there now, so the star is asked by its current
 * dimension rows too: from the row a fact points at, by natural key, to the member's current row.
 */
export async function compareFigures(source: Connection, ask: AskWarehouse): Promise<Comparison[]> {
  const database = classicmodels.database;
  const [lines] = await rowsOf<Record<string, string>>(
    source,
    `SELECT CAST(COUNT(*) AS CHAR) AS order_lines, ${money("SUM(quantityOrdered * priceEach)")} AS revenue FROM ${database}.orderdetails`,
  );
  const [paid] = await rowsOf<Record<string, string>>(
    source,
    `SELECT ${money("SUM(amount)")} AS payments FROM ${database}.payments`,
  );
  const star = await starFigures(ask);
  const productLine = `SELECT p.productLine AS name, ${money("SUM(d.quantityOrdered * d.priceEach)")} AS revenue
    FROM ${database}.orderdetails d JOIN ${database}.products p USING (productCode) GROUP BY p.productLine`;
  const office = `SELECT COALESCE(CONCAT(f.officeCode, ' ', f.city), '${NOBODY}') AS name,
      ${money("SUM(d.quantityOrdered * d.priceEach)")} AS revenue
    FROM ${database}.orderdetails d
    JOIN ${database}.orders o USING (orderNumber)
    JOIN ${database}.customers c USING (customerNumber)
    LEFT JOIN ${database}.employees e ON e.employeeNumber = c.salesRepEmployeeNumber
    LEFT JOIN ${database}.offices f ON f.officeCode = e.officeCode
    GROUP BY 1`;
  return [
    comparison("orderLines", Number(lines?.["order_lines"]), star.orderLines),
    comparison("revenue", lines?.["revenue"] ?? null, star.revenue),
    comparison("payments", paid?.["payments"] ?? null, star.payments),
    ...compareSums("revenue.productLine", sums(await rowsOf(source, productLine)), await revenueByProductLine(ask)),
    ...compareSums("revenue.office", sums(await rowsOf(source, office)), await revenueByOffice(ask)),
  ];
}

export interface StarFigures {
  readonly orderLines: number;
  /** Gross: all orders placed, cancelled ones included. */
  readonly revenue: string;
  readonly payments: string;
}

export async function starFigures(ask: AskWarehouse): Promise<StarFigures> {
  const [sales] = await ask(
    `SELECT COUNT(*) AS order_lines, ${dollars("SUM(quantity * unit_price)")} AS revenue FROM mart.fact_sales`,
  );
  const [paid] = await ask(`SELECT ${dollars("SUM(amount)")} AS payments FROM mart.fact_payment`);
  return {
    orderLines: Number(sales?.["order_lines"]),
    revenue: String(sales?.["revenue"]),
    payments: String(paid?.["payments"]),
  };
}

export async function revenueByProductLine(ask: AskWarehouse): Promise<Map<string, string>> {
  return sums(
    await ask(`SELECT COALESCE(now.product_line, '${NOBODY}') AS name, ${dollars("SUM(f.quantity * f.unit_price)")} AS revenue
FROM mart.fact_sales f
LEFT JOIN mart.dim_product sold ON sold.product_key = f.product_key
LEFT JOIN mart.dim_product now ON now.product_code = sold.product_code AND now.is_current
GROUP BY COALESCE(now.product_line, '${NOBODY}')`),
  );
}

async function revenueByOffice(ask: AskWarehouse): Promise<Map<string, string>> {
  return sums(
    await ask(`SELECT COALESCE(rep.office_code || ' ' || rep.office_city, '${NOBODY}') AS name,
  ${dollars("SUM(f.quantity * f.unit_price)")} AS revenue
FROM mart.fact_sales f
LEFT JOIN mart.dim_customer bought ON bought.customer_key = f.customer_key
LEFT JOIN mart.dim_customer now ON now.customer_number = bought.customer_number AND now.is_current
LEFT JOIN mart.dim_employee rep ON rep.employee_number = now.sales_rep_employee_number AND rep.is_current
GROUP BY COALESCE(rep.office_code || ' ' || rep.office_city, '${NOBODY}')`),
  );
}

/** Exact decimal text with two places, also of nothing. */
const money = (sum: string): string => `CAST(CAST(COALESCE(${sum}, 0) AS DECIMAL(38, 2)) AS CHAR)`;
const dollars = (sum: string): string => `CAST(CAST(COALESCE(${sum}, 0) AS NUMERIC(38, 2)) AS VARCHAR)`;

const sums = (rows: readonly Readonly<Record<string, unknown>>[]): Map<string, string> =>
  new Map(rows.map((row) => [String(row["name"]), String(row["revenue"])]));
