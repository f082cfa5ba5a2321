import { defineDimension } from "../../model/dimension.ts";
import { employees } from "../../sources/classicmodels/employees.ts";
import { offices } from "../../sources/classicmodels/offices.ts";

export const employee = defineDimension({
  name: "employee",
  comment: "Employees (sales representatives) with office and supervisor, a row per stretch of time without a change.",
  root: employees,
  joins: {
    office: { table: offices, on: { office_code: "office_code" } },
    supervisor: { table: employees, on: { employee_number: "reports_to" } },
  },
  attributes: {
    first_name: "first_name",
    last_name: "last_name",
    extension: "extension",
    email: "email",
    job_title: "job_title",
    office_code: "office_code",
    office_city: "office.city",
    office_state: "office.state",
    office_postal_code: "office.postal_code",
    office_country: "office.country",
    office_territory: "office.territory",
    office_phone: "office.phone",
    supervisor_employee_number: "reports_to",
    supervisor_first_name: { from: "supervisor.first_name", comment: "Given name of the supervisor." },
    supervisor_last_name: { from: "supervisor.last_name", comment: "Family name of the supervisor." },
  },
});
