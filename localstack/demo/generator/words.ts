/** Words the sample shop is made of. Odd spellings, blanks, quotes and scripts are on purpose: they must arrive as they are. */

export interface Place {
  readonly city: string;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly country: string;
}

const place = (city: string, state: string | null, postalCode: string | null, country: string): Place => ({
  city,
  state,
  postalCode,
  country,
});

/** Several cities share a postal code, some have none, one has a leading and one a trailing blank. */
export const places: readonly Place[] = [
  place("Springfield", "MA", "97562", "USA"),
  place("Riverton", "CT", "97562", "USA"),
  place("Lakeside", "CA", "94217", "USA"),
  place("Hillsboro", "CA", "94217", "USA"),
  place("Bay Point", "CA", "94217", "USA"),
  place("Marlow", "NH", "94019", "USA"),
  place("Fairview", "PA", "94019", "USA"),
  place("Nantes", null, "44000", "France"),
  place("Orléans", null, "45000", "France"),
  place("Besançon", null, "25000", "France"),
  place("Luleå", null, "S-972 31", "Sweden"),
  place("Malmö", null, "S-211 20", "Sweden"),
  place("Tromsø", null, "9008", "Norway  "),
  place("Århus", null, "8000", "Denmark"),
  place("Münster", null, "48143", "Germany"),
  place("Köln", null, "50667", "Germany"),
  place("Zürich", null, "8001", "Switzerland"),
  place("A Coruña", null, "15001", "Spain"),
  place("Cádiz", null, "11001", "Spain"),
  place("São Paulo", "SP", "01001-000", "Brazil"),
  place("Łódź", null, "90-001", "Poland"),
  place("Kita-ku", "Osaka", " 530-0003", "Japan"),
  place("東京", null, "100-0001", "Japan"),
  place("Cork", "Co. Cork", null, "Ireland"),
  place("Galway", "Co. Galway", null, "Ireland"),
  place("Hong Kong", null, null, "Hong Kong"),
  place("Auckland  ", null, null, "New Zealand"),
  place("Wellington", null, "6011", "New Zealand"),
  place("Geelong", "Victoria", "3220", "Australia"),
  place("Manly", "NSW", "2095", "Australia"),
  place("Liverpool", null, "WX1 6LT", "UK"),
  place("Cowes", "Isle of Wight", "PO31 7PJ", "UK"),
  place("Αθήνα", null, "105 57", "Greece"),
  place("Singapore", null, "079903", "Singapore"),
];

export const firstNames = [
  "Ada",
  "Björn",
  "Carine ",
  "Désirée",
  "Emil",
  "Françoise",
  "Grace",
  "Håkon",
  "Inés",
  "Jürgen",
  "Kei",
  "Lucía ",
  "Martín",
  "Noor",
  "Olga",
  "Per",
  "Quinn",
  "Rosa",
  "Søren",
  "Thérèse",
  "Ulla",
  "Veysel",
  "Wen",
  "Zoë",
] as const;

export const lastNames = [
  "Abe",
  "Brånemark",
  "Castaño",
  "de la Cruz",
  "Eriksen",
  "Fischer",
  "García",
  "Hughes",
  "Ivanova",
  "Jørgensen",
  "Kowalski",
  "Lefèvre",
  "Müller",
  "Ng",
  "O'Neill",
  "Peña",
  "Quint",
  "Roulet",
  "Saveljić",
  "Tamuri",
  "Ünal",
  "van den Berg",
  "Wójcik",
  "Yoshida",
] as const;

export const streets = [
  "Harbour Street",
  "rue de l'Église",
  "Marktgasse",
  "Calle Ancha",
  "Storgatan",
  "Kirkegata",
  "Mill Lane",
  "Long Acre",
] as const;

export const shopWords = [
  "Toy",
  "Gift",
  "Hobby",
  "Model",
  "Collector's",
  "Diecast",
  "Souvenir",
  "Miniature",
  "Workshop",
  "Harbour",
] as const;

export const shopForms = [
  "Ltd.",
  "& Co",
  "Inc.",
  "GmbH",
  "S.A.",
  "House",
  'of "Quality"',
  "Imports, Co.",
  "D'Or",
  "\\ Sons",
] as const;

export const productLines = [
  "Vintage Tractors",
  "Steam Engines",
  "Racing Bicycles",
  "Gliders",
  "Tall Ships",
  "Tramways",
  "Fire Engines",
] as const;

export const productNouns = [
  "Pioneer",
  "Comet",
  "L'Étoile",
  'Type "S"',
  "Zephyr",
  "Goliath",
  "Mk II",
  "Express",
] as const;

export const vendors = [
  "Ironbridge Models",
  "Atelier Rochefort",
  "Nordic Scale Works",
  "Carousel & Daughters",
  "Münchner Miniaturen",
  "Second Gear",
] as const;

/** Remarks on orders: line ends, quotes, backslashes, what looks like NULL, blanks only, nothing at all. */
export const remarks = [
  "Customer asked for a later delivery.",
  'They said "handle with care", twice; the box has a label.',
  "First line\r\nSecond line\r\n",
  "Path on the carton: C:\\models\\new",
  "\\N",
  "NULL",
  "",
  "   ",
  "Trailing blank ",
  "Tab\there, comma, semicolon; apostrophe's",
  "Delivered to the café — paid in €, thanks 🚂",
] as const;

/** The same kinds of oddity in what any Western character set can hold, for changes made to a dump's own tables. */
export const plainRemarks = [
  "Customer changed their mind.",
  'Asked for "express", again.',
  "Erste Zeile\r\nZweite Zeile: groß\r\n",
  "Back\\slash and ' apostrophe",
  "",
  " leading and trailing ",
] as const;

/** Cities customers move to, in the same characters. */
export const plainPlaces: readonly Place[] = places.filter((each) => /^[\x20-\xff]*$/.test(each.city));
