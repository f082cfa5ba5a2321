import { column, nullable, varchar } from "../../model/column.ts";
import { defineTable } from "../../model/table.ts";
import { classicmodels } from "./area.ts";

export const offices = defineTable({
  area: classicmodels,
  name: "offices",
  comment: "Sales offices.",
  columns: {
    office_code: column("officeCode", varchar(10), { comment: "Key of the office." }),
    city: column("city", varchar(50), { comment: "City of the office." }),
    phone: column("phone", varchar(50), { comment: "Telephone number." }),
    address_line1: column("addressLine1", varchar(50), { comment: "Street address." }),
    address_line2: nullable("addressLine2", varchar(50), { comment: "Street address, second line." }),
    state: nullable("state", varchar(50), { comment: "State or province." }),
    country: column("country", varchar(50), { comment: "Country." }),
    postal_code: column("postalCode", varchar(15), { comment: "Postal code." }),
    territory: column("territory", varchar(10), { comment: "Sales territory." }),
  },
  key: ["office_code"],
  distribution: "all",
});
