import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { personalDataOf } from "../../../../lambdas/adapters/personal-data/index.ts";
import { personalDataReader } from "../../../../lambdas/adapters/personal-data/read.ts";
import { isLeftOut, rowRoute } from "../../../../lambdas/adapters/mysql/route.ts";
import { readPersonalDataKey } from "../../../../lambdas/adapters/secrets/index.ts";
import { persons, places } from "../../../support/people.ts";

const KEY = "0123456789abcdef0123456789abcdef";

describe("the key of personal data", () => {
  it("makes HMAC-SHA-256 in lower-case hexadecimal digits, the same each time", () => {
    const { pseudonymise } = personalDataOf(KEY);
    const expected = createHmac("sha256", KEY).update("Zoë").digest("hex");
    expect([pseudonymise("Zoë"), pseudonymise("Zoë")]).toEqual([expected, expected]);
    // RFC 4231, test case 2: the text of the key is the key.
    expect(personalDataOf("Jefe").pseudonymise("what do ya want for nothing?")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  it("seals so that only it can open, another text each time", () => {
    const { seal } = personalDataOf(KEY);
    const sealed = [seal.close("Zoë"), seal.close("Zoë")];
    expect(new Set(sealed).size).toBe(2);
    expect(sealed.map((text) => seal.open(text))).toEqual(["Zoë", "Zoë"]);
    expect(() => personalDataOf(`${KEY}x`).seal.open(sealed[0] ?? "")).toThrow("sealed with another key");
    expect(() => seal.open("")).toThrow("sealed with another key");
  });

  it("is read once, and only for tables that need it; a failure is asked again", async () => {
    const asked: string[] = [];
    const read = async (secret: string): Promise<string> => {
      asked.push(secret);
      if (asked.length === 1) throw new Error("not now");
      return KEY;
    };
    expect(await personalDataReader("s", [places], read)()).toBeUndefined();
    expect(asked).toEqual([]);
    const reader = personalDataReader("s", [places, persons], read);
    await expect(reader()).rejects.toThrow("not now");
    expect(await reader()).toBe(await reader());
    expect(asked).toEqual(["s", "s"]);
  });

  it("is refused with the secret's name and none of its text", async () => {
    const client = (SecretString: string) =>
      ({ send: async () => ({ SecretString }) }) as unknown as SecretsManagerClient;
    expect(await readPersonalDataKey("s", client(JSON.stringify({ key: KEY })))).toBe(KEY);
    for (const text of ['{"key":"hunter2"}', "hunter2", "{}"]) {
      const refused = readPersonalDataKey("s", client(text));
      await expect(refused).rejects.toThrow(/^secret s must be JSON/);
      await expect(refused).rejects.not.toThrow("hunter2");
    }
  });
});

describe("the way of a row with personal data", () => {
  it("is not taken without a key", () => {
    expect(() => rowRoute(persons)).toThrow(
      "Column people.persons.email is to be pseudonymised, but no key is configured",
    );
  });

  it("leaves at the source what is dropped or unknown; a table without personal data keeps the unknown", () => {
    const route = rowRoute(persons, personalDataOf(KEY).pseudonymise);
    const names = ["email", "phone", "profile", "never heard of", "city"];
    expect(names.map((name) => isLeftOut(route, name))).toEqual([false, true, true, true, false]);
    expect(isLeftOut(rowRoute(places), "never heard of")).toBe(false);
  });
});
