import type { Random } from "./random.ts";
import type { GeneratedRow } from "./rows.ts";
import { money } from "./rows.ts";
import { firstNames, lastNames, places, shopForms, shopWords, streets } from "./words.ts";

export interface People {
  readonly rows: readonly GeneratedRow[];
  /** Numbers of the customers who order; about a fifth never does. */
  readonly buyers: readonly number[];
}

const OFFICES = [
  ["1", "San Marino", "CA", "USA", "94080", "NA"],
  ["2", "Boston", "MA", "USA", "02107", "NA"],
  ["3", "Montréal", "QC", "Canada", "H2X 1Y4", "NA"],
  ["4", "Lyon", null, "France", "69002", "EMEA"],
  ["5", "Kyoto", "Kansai", "Japan", "604-8001", "Japan"],
  ["6", "Hobart", null, "Australia", "TAS 7000", "APAC"],
  ["7", "London", null, "UK", "EC2N 1HN", "EMEA"],
] as const;

const FIRST_EMPLOYEE = 1002;
const FIRST_CUSTOMER = 103;

/** Offices, employees in three levels, customers with and without a sales representative. */
export function generatePeople(random: Random, customers: number): People {
  const rows: GeneratedRow[] = OFFICES.map(([code, city, state, country, postalCode, territory]) => ({
    table: "offices",
    cells: [
      code,
      city,
      phone(random),
      address(random),
      code === "3" ? "Étage 5" : null,
      state,
      country,
      postalCode,
      territory,
    ],
  }));
  const reps = employees(random, rows);
  const buyers: number[] = [];
  for (let i = 0; i < customers; i++) {
    const number = FIRST_CUSTOMER + i * 3;
    const rep = random.chance(0.18) ? null : random.pick(reps);
    rows.push(customerRow(random, number, rep));
    if (!random.chance(0.2)) buyers.push(number);
  }
  return { rows, buyers: buyers.length === 0 ? [FIRST_CUSTOMER] : buyers };
}

/** Adds the employees to `rows`. @returns the numbers of the sales representatives */
function employees(random: Random, rows: GeneratedRow[]): number[] {
  const add = (number: number, office: string, boss: number | null, title: string): number => {
    const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
    const email = `${first.trim().slice(0, 1).toLowerCase()}${number}@shop.example`;
    rows.push({
      table: "employees",
      cells: [number, last, first, `x${random.int(100, 9_999)}`, email, office, boss, title],
    });
    return number;
  };
  const president = add(FIRST_EMPLOYEE, "1", null, "President");
  const reps: number[] = [];
  OFFICES.forEach(([office], index) => {
    const manager = add(
      FIRST_EMPLOYEE + 54 + index * 10,
      office,
      president,
      `Sales Manager (${index < 3 ? "NA" : "Intl"})`,
    );
    for (let i = 1; i <= 2 + (index % 2); i++) reps.push(add(manager + 100 + i, office, manager, "Sales Rep"));
  });
  return reps;
}

function customerRow(random: Random, number: number, rep: number | null): GeneratedRow {
  const where = random.pick(places);
  return {
    table: "customers",
    cells: [
      number,
      `${random.pick(shopWords)} ${random.pick(shopWords)} ${random.pick(shopForms)}`,
      random.pick(lastNames),
      random.pick(firstNames),
      phone(random),
      address(random),
      random.chance(0.2) ? `Level ${random.int(1, 20)}` : null,
      where.city,
      where.state,
      where.postalCode,
      where.country,
      rep,
      random.chance(0.05) ? null : money(random.int(0, 2_300) * 10_000),
    ],
  };
}

const phone = (random: Random): string => `+${random.int(1, 99)} ${random.int(100, 999)} ${random.int(1000, 9999)} `;
const address = (random: Random): string => `${random.int(1, 9_999)}, ${random.pick(streets)}`;
