/** Personal data by the names of columns: a suspicion for a person to decide on, never a decision. */

/** Words by what they hint at, in the languages that schemas are often written in. Matched as whole words of a snake case name. */
const KINDS: readonly (readonly [kind: string, words: string])[] = [
  ["an e-mail address", "email mail emails correo"],
  ["a telephone number", "phone telephone mobile cell fax tel telefon telefono handy"],
  ["a date or place of birth", "birth birthday birthdate birthplace dob born geburt geburtsdatum nacimiento naissance"],
  [
    "a person's name",
    "surname firstname lastname fullname forename familyname givenname maiden nickname username vorname nachname apellido apellidos prenom",
  ],
  ["an address", "address street zip zipcode postcode postal city strasse plz adresse direccion addr"],
  ["an official number", "ssn passport tin nif dni cpf nino iban bic taxid licence license"],
  ["payment data", "iban card creditcard cvv cvc pan"],
  ["a place or device of a person", "ip ipv4 ipv6 ipaddress latitude longitude lat lng lon geo device"],
  ["sensitive facts about a person", "gender sex religion nationality ethnicity salary wage diagnosis health marital"],
  ["a secret", "password passwd pwd secret token salt otp pin"],
];

const BY_WORD: ReadonlyMap<string, string> = new Map(
  KINDS.flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind] as const)),
);

/** Words before `name` that make it a person's. */
const PERSONS = new Set(
  "first last middle full given family contact customer user employee person client owner author member guest patient student sender recipient holder display legal".split(
    " ",
  ),
);
/** Tables whose bare `name` is a person's. */
const OF_PERSONS =
  /(^|_)(customers?|clients?|users?|accounts?|people|persons?|employees?|staff|members?|contacts?|patients?|students?|guests?|authors?|actors?|subscribers?|profiles?|leads?)$/;

/**
 * What a column seems to hold about a person, by its name alone.
 * @param table the table's name in snake case
 * @returns null for no suspicion
 */
export function personalData(table: string, column: string): string | null {
  const words = column.split("_").map((word) => word.replace(/\d+$/, ""));
  if (column.includes("e_mail")) return "an e-mail address";
  if (words.at(-1) === "name" || words.at(-1) === "names") {
    const before = words.at(-2);
    if (before !== undefined ? PERSONS.has(before) : OF_PERSONS.test(table)) return "a person's name";
  }
  // A key or flag about it is not the thing itself: address_id, is_email_sent.
  if (/_(id|ids|count|type|status|sent|verified|at)$/.test(column) || /^(is|has|num)_/.test(column)) return null;
  for (const word of words) {
    const kind = BY_WORD.get(word);
    if (kind !== undefined) return kind;
  }
  return null;
}
