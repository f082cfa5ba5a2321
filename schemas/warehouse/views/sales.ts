import { calendar } from "../../model/calendar.ts";
import { defineView } from "../../model/view.ts";
import { employee } from "../dimensions/employee.ts";
import { location } from "../dimensions/location.ts";
import { product } from "../dimensions/product.ts";
import { sales } from "../facts/sales.ts";
import { salesMeasures, UNITS } from "./measures.ts";

export const salesTotal = defineView({
  name: "kpi_sales",
  comment: `Sales in one row. ${UNITS}`,
  sources: { f: sales },
  define: ({ f }) => ({ columns: salesMeasures(f), from: `FROM ${f.$}` }),
});

export const salesByMonth = defineView({
  name: "kpi_sales_by_month",
  comment: `Sales by the month of the order. ${UNITS}`,
  sources: { f: sales, d: calendar },
  define: ({ f, d }) => ({
    columns: {
      year: [d.year, "Year of the order."],
      month_number: [d.month_number, "Month of the order, 1 to 12."],
      ...salesMeasures(f),
    },
    from: `FROM ${f.$}\nJOIN ${d.$} ON ${d.$key} = ${f.order_date_key}\nGROUP BY ${d.year}, ${d.month_number}`,
  }),
});

export const salesByProductLine = defineView({
  name: "kpi_sales_by_product_line",
  comment: `Sales by the product line that the product belonged to on the order's day. ${UNITS}`,
  sources: { f: sales, p: product },
  define: ({ f, p }) => ({
    columns: { product_line: [p.product_line, "Product line; NULL when unknown."], ...salesMeasures(f) },
    from: `FROM ${f.$}\nJOIN ${p.$} ON ${p.$key} = ${f.product_key}\nGROUP BY ${p.product_line}`,
  }),
});

export const salesByOffice = defineView({
  name: "kpi_sales_by_office",
  comment: `Sales by the office of the customer's sales representative on the order's day. ${UNITS}`,
  sources: { f: sales, e: employee },
  define: ({ f, e }) => ({
    columns: {
      office_code: [e.office_code, "Office; NULL when nobody served the customer."],
      office_city: [`MAX(${e.office_city})`, "City of the office."],
      ...salesMeasures(f),
    },
    from: `FROM ${f.$}\nJOIN ${e.$} ON ${e.$key} = ${f.employee_key}\nGROUP BY ${e.office_code}`,
  }),
});

export const salesByCountry = defineView({
  name: "kpi_sales_by_country",
  comment: `Sales by the customer's country on the order's day. ${UNITS}`,
  sources: { f: sales, l: location },
  define: ({ f, l }) => ({
    columns: { country: [l.country, "Country of the customer; NULL when unknown."], ...salesMeasures(f) },
    from: `FROM ${f.$}\nJOIN ${l.$} ON ${l.$key} = ${f.location_key}\nGROUP BY ${l.country}`,
  }),
});
