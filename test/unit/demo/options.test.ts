import { describe, expect, it } from "@jest/globals";
import { parseArguments } from "../../../localstack/demo/options.ts";
import type { RunOptions } from "../../../localstack/demo/options.ts";

const said: string[] = [];
const parse = (argv: string[], environment: NodeJS.ProcessEnv = {}) =>
  parseArguments(argv, environment, (text) => said.push(text));
const options = (argv: string[], environment: NodeJS.ProcessEnv = {}): RunOptions => {
  const request = parse(argv, environment);
  if (request.command !== "run") throw new Error("not a run");
  return request.options;
};

describe("parseArguments", () => {
  it("runs the default shop without any option", () => {
    expect(options([])).toEqual({
      orders: 3000,
      changes: 300,
      seed: 1,
      sourceSql: null,
      sourceUrl: null,
      writes: true,
      json: false,
      keep: false,
      notes: [],
    });
  });

  it("knows down", () => {
    expect(parse(["down"])).toEqual({ command: "down" });
  });

  it("takes the source from the environment", () => {
    expect(options([], { MILLRACE_SOURCE_URL: "mysql://u@h" })).toMatchObject({
      sourceUrl: "mysql://u@h",
      writes: false,
    });
    expect(options([], { MILLRACE_SOURCE_URL: "" }).sourceUrl).toBeNull();
  });

  it("writes nothing to a given server, unless asked to fill it", () => {
    expect(options(["--source-url", "mysql://u@h"])).toMatchObject({ writes: false, changes: 0, notes: [] });
    expect(options(["--source-url", "mysql://u@h", "--fill"])).toMatchObject({ writes: true, changes: 300 });
  });

  it("says so when changes are left out", () => {
    const { changes, notes } = options(["--source-url", "mysql://u@h", "--changes", "5"]);
    expect(changes).toBe(0);
    expect(notes.join()).toContain("--fill");
  });

  it.each([
    [["--orders", "0"], "from 1 to"],
    [["--orders", "many"], "from 1 to"],
    [["--changes", "-1"], "from 0 to"],
    [["--fill"], "--source-url"],
    [["--source-sql", "x.sql", "--source-url", "mysql://u@h"], "--fill"],
    [["--wat"], "unknown option"],
    [["up"], "too many arguments"],
  ])("refuses %j", (argv, sentence) => {
    expect(() => parse(argv)).toThrow(sentence);
  });
});
