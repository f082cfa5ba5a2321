import type { TableName } from "./rows.ts";

/** The sample shop's columns, in order, with the types, keys and foreign keys of the Classic Models database. */
const columns: Record<TableName, readonly string[]> = {
  productlines: [
    "productLine varchar(50) NOT NULL",
    "textDescription varchar(4000) DEFAULT NULL",
    "htmlDescription mediumtext",
    "image mediumblob",
  ],
  products: [
    "productCode varchar(15) NOT NULL",
    "productName varchar(70) NOT NULL",
    "productLine varchar(50) NOT NULL",
    "productScale varchar(10) NOT NULL",
    "productVendor varchar(50) NOT NULL",
    "productDescription text NOT NULL",
    "quantityInStock smallint(6) NOT NULL",
    "buyPrice decimal(10,2) NOT NULL",
    "MSRP decimal(10,2) NOT NULL",
  ],
  offices: [
    "officeCode varchar(10) NOT NULL",
    "city varchar(50) NOT NULL",
    "phone varchar(50) NOT NULL",
    "addressLine1 varchar(50) NOT NULL",
    "addressLine2 varchar(50) DEFAULT NULL",
    "state varchar(50) DEFAULT NULL",
    "country varchar(50) NOT NULL",
    "postalCode varchar(15) NOT NULL",
    "territory varchar(10) NOT NULL",
  ],
  employees: [
    "employeeNumber int(11) NOT NULL",
    "lastName varchar(50) NOT NULL",
    "firstName varchar(50) NOT NULL",
    "extension varchar(10) NOT NULL",
    "email varchar(100) NOT NULL",
    "officeCode varchar(10) NOT NULL",
    "reportsTo int(11) DEFAULT NULL",
    "jobTitle varchar(50) NOT NULL",
  ],
  customers: [
    "customerNumber int(11) NOT NULL",
    "customerName varchar(50) NOT NULL",
    "contactLastName varchar(50) NOT NULL",
    "contactFirstName varchar(50) NOT NULL",
    "phone varchar(50) NOT NULL",
    "addressLine1 varchar(50) NOT NULL",
    "addressLine2 varchar(50) DEFAULT NULL",
    "city varchar(50) NOT NULL",
    "state varchar(50) DEFAULT NULL",
    "postalCode varchar(15) DEFAULT NULL",
    "country varchar(50) NOT NULL",
    "salesRepEmployeeNumber int(11) DEFAULT NULL",
    "creditLimit decimal(10,2) DEFAULT NULL",
  ],
  orders: [
    "orderNumber int(11) NOT NULL",
    "orderDate date NOT NULL",
    "requiredDate date NOT NULL",
    "shippedDate date DEFAULT NULL",
    "status varchar(15) NOT NULL",
    "comments text",
    "customerNumber int(11) NOT NULL",
  ],
  orderdetails: [
    "orderNumber int(11) NOT NULL",
    "productCode varchar(15) NOT NULL",
    "quantityOrdered int(11) NOT NULL",
    "priceEach decimal(10,2) NOT NULL",
    "orderLineNumber smallint(6) NOT NULL",
  ],
  payments: [
    "customerNumber int(11) NOT NULL",
    "checkNumber varchar(50) NOT NULL",
    "paymentDate date NOT NULL",
    "amount decimal(10,2) NOT NULL",
  ],
};

const constraints: Record<TableName, readonly string[]> = {
  productlines: ["PRIMARY KEY (productLine)"],
  products: ["PRIMARY KEY (productCode)", "FOREIGN KEY (productLine) REFERENCES productlines (productLine)"],
  offices: ["PRIMARY KEY (officeCode)"],
  employees: [
    "PRIMARY KEY (employeeNumber)",
    "FOREIGN KEY (reportsTo) REFERENCES employees (employeeNumber)",
    "FOREIGN KEY (officeCode) REFERENCES offices (officeCode)",
  ],
  customers: [
    "PRIMARY KEY (customerNumber)",
    "FOREIGN KEY (salesRepEmployeeNumber) REFERENCES employees (employeeNumber)",
  ],
  orders: ["PRIMARY KEY (orderNumber)", "FOREIGN KEY (customerNumber) REFERENCES customers (customerNumber)"],
  orderdetails: [
    "PRIMARY KEY (orderNumber, productCode)",
    "FOREIGN KEY (orderNumber) REFERENCES orders (orderNumber)",
    "FOREIGN KEY (productCode) REFERENCES products (productCode)",
  ],
  payments: [
    "PRIMARY KEY (customerNumber, checkNumber)",
    "FOREIGN KEY (customerNumber) REFERENCES customers (customerNumber)",
  ],
};

/** @returns CREATE TABLE of one table, for the database in use; parents come first in the order of TABLES. */
export function createTable(table: TableName): string {
  const lines = [...columns[table], ...constraints[table]].map((line) => `  ${line}`);
  return `CREATE TABLE ${table} (\n${lines.join(",\n")}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;
}

/** @returns the columns' names in the order of generated cells. */
export function columnNames(table: TableName): readonly string[] {
  return columns[table].map((definition) => definition.slice(0, definition.indexOf(" ")));
}
