import { plainPlaces } from "../generator/words.ts";
import type { Change } from "./change.ts";
import { someCustomer } from "./change.ts";

/** A customer moves: orders before stay with the old place, the dimension gets a version. */
export const moveCustomer: Change = async (context) => {
  const customer = await someCustomer(context);
  if (customer === null) return;
  const { city, state, postalCode, country } = context.random.pick(plainPlaces);
  await context.run("UPDATE customers SET city = ?, state = ?, postalCode = ?, country = ? WHERE customerNumber = ?", [
    city,
    state,
    postalCode,
    country,
    customer,
  ]);
};

/** A customer gets another sales representative, or none. */
export const reassignCustomer: Change = async (context) => {
  const customer = await someCustomer(context);
  const reps = await context.rows<{ employeeNumber: number }>(
    "SELECT employeeNumber FROM employees WHERE jobTitle = 'Sales Rep' ORDER BY employeeNumber",
  );
  if (customer === null || reps.length === 0) return;
  const rep = context.random.chance(0.2) ? null : context.random.pick(reps).employeeNumber;
  await context.run("UPDATE customers SET salesRepEmployeeNumber = ?, creditLimit = ? WHERE customerNumber = ?", [
    rep,
    context.random.chance(0.2) ? null : context.random.int(0, 200_000),
    customer,
  ]);
};

/** A customer who has not ordered yet. */
export const addCustomer: Change = async (context) => {
  const { city, state, postalCode, country } = context.random.pick(plainPlaces);
  await context.run(
    `INSERT INTO customers (customerNumber, customerName, contactLastName, contactFirstName, phone, addressLine1, city, state, postalCode, country)
     SELECT COALESCE(MAX(customerNumber), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM customers`,
    ['L\'Échoppe "Neuve"', "Müller ", "Zoë", "+1 555 0100", "1, rue Neuve", city, state, postalCode, country],
  );
};

/** Someone gets another telephone: a version of the employee, and of nobody else. */
export const moveEmployee: Change = async (context) => {
  const employees = await context.rows<{ employeeNumber: number }>(
    "SELECT employeeNumber FROM employees ORDER BY employeeNumber",
  );
  if (employees.length === 0) return;
  const { employeeNumber } = context.random.pick(employees);
  await context.run("UPDATE employees SET extension = ? WHERE employeeNumber = ?", [
    `x${context.random.int(100, 9_999)}`,
    employeeNumber,
  ]);
};
