import { employee } from "../dimensions/employee.ts";
import { location } from "../dimensions/location.ts";

/** What a fact reaches through its customer, as of the same moment: the sales representative and the address. */
export const ofCustomer = {
  employee_key: { dimension: employee, on: { employee_number: "customer_key.sales_rep_employee_number" } },
  location_key: {
    dimension: location,
    on: {
      city: "customer_key.city",
      state: "customer_key.state",
      postal_code: "customer_key.postal_code",
      country: "customer_key.country",
    },
  },
} as const;
