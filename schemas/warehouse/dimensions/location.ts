import { defineValues } from "../../model/dimension.ts";
import { customers } from "../../sources/classicmodels/customers.ts";

/** All four columns identify a place: postal codes are shared by cities, and are NULL for some. */
export const location = defineValues({
  name: "location",
  comment: "Places of customers; city, state, postal code and country together identify one.",
  root: customers,
  attributes: ["city", "state", "postal_code", "country"],
});
