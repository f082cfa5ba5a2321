import { column, int, nullable, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const employees = defineTable({
  area: classicmodels,
  name: "employees",
  comment: "Employees, sales representatives among them.",
  columns: {
    employee_number: column("employeeNumber", int(), { comment: "Key of the employee." }),
    last_name: column("lastName", varchar(50), { comment: "Family name." }),
    first_name: column("firstName", varchar(50), { comment: "Given name." }),
    extension: column("extension", varchar(10), { comment: "Telephone extension." }),
    email: column("email", varchar(100), { comment: "E-mail address." }),
    office_code: column("officeCode", varchar(10), { comment: "Office the employee works at." }),
    reports_to: nullable("reportsTo", int(), { comment: "Employee number of the supervisor; NULL at the top." }),
    job_title: column("jobTitle", varchar(50), { comment: "Job title." }),
  },
  key: ["employee_number"],
  distribution: "all",
});
