import { column, decimal, int, nullable, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const customers = defineTable({
  area: classicmodels,
  name: "customers",
  comment: "Customers of the shop.",
  columns: {
    customer_number: column("customerNumber", int(), { comment: "Key of the customer." }),
    customer_name: column("customerName", varchar(50), { comment: "Company name." }),
    contact_last_name: column("contactLastName", varchar(50), { comment: "Family name of the contact." }),
    contact_first_name: column("contactFirstName", varchar(50), { comment: "Given name of the contact." }),
    phone: column("phone", varchar(50), { comment: "Telephone number." }),
    address_line1: column("addressLine1", varchar(50), { comment: "Street address." }),
    address_line2: nullable("addressLine2", varchar(50), { comment: "Street address, second line." }),
    city: column("city", varchar(50), { comment: "City." }),
    state: nullable("state", varchar(50), { comment: "State or province." }),
    postal_code: nullable("postalCode", varchar(15), { comment: "Postal code; not unique to a city." }),
    country: column("country", varchar(50), { comment: "Country." }),
    sales_rep_employee_number: nullable("salesRepEmployeeNumber", int(), {
      comment: "Employee who serves the customer; NULL when nobody does.",
    }),
    credit_limit: nullable("creditLimit", decimal(10, 2), { comment: "Credit limit, USD." }),
  },
  key: ["customer_number"],
});
