import { defineDimension } from "../../model/dimension.ts";
import { customers } from "../../sources/classicmodels/customers.ts";

export const customer = defineDimension({
  name: "customer",
  comment: "Customers, a row per stretch of time in which nothing changed.",
  root: customers,
  attributes: {
    customer_name: "customer_name",
    contact_first_name: "contact_first_name",
    contact_last_name: "contact_last_name",
    phone: "phone",
    credit_limit: "credit_limit",
    address_line1: "address_line1",
    address_line2: "address_line2",
    city: "city",
    state: "state",
    postal_code: "postal_code",
    country: "country",
    sales_rep_employee_number: "sales_rep_employee_number",
  },
});
