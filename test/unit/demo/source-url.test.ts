import { describe, expect, it } from "@jest/globals";
import { parseSourceUrl } from "../../../localstack/demo/source/connection.ts";

describe("the URL after --source-url", () => {
  it("is read with its parts decoded", () => {
    expect(parseSourceUrl("mysql://sh%40p:a%2Fb%25@[::1]:3307")).toEqual({
      host: "::1",
      port: 3307,
      username: "sh@p",
      password: "a/b%",
    });
    expect(parseSourceUrl("mariadb://u@db.example").port).toBe(3306);
  });

  it.each([
    ["postgres://u:secret@h", "write it as mysql://user:password@host:3306"],
    ["not a url, secret", "write it as mysql://user:password@host:3306"],
    ["mysql://h:3306", "names no user"],
    ["mysql://u:100%secret@h", "write % as %25"],
  ])("%s is refused with what to do, and without telling the password", (url, fix) => {
    expect(() => parseSourceUrl(url)).toThrow(fix);
    expect(() => parseSourceUrl(url)).not.toThrow(/secret/);
  });
});
