import { spawn } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";

const root = path.resolve(__dirname, "../..");
const node = path.join(root, "node_modules", ".bin", "node");
const resultSchema = z.strictObject({
  ok: z.boolean(),
  seed: z.number(),
  faults: z.number(),
  rowsCompared: z.number(),
  lost: z.number(),
  doubled: z.number(),
  bent: z.number(),
  seconds: z.number(),
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What `npm run faults -- ...` does once setup is through. */
async function faults(...args: readonly string[]): Promise<Ended> {
  const child = spawn(node, ["--import", "tsx", path.join(root, "test/faults/main.ts"), ...args], { cwd: root });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out, err };
}

const resultOf = ({ out }: Ended) => resultSchema.parse(JSON.parse(out.trimEnd().split("\n").at(-1) ?? ""));

describe("the fault harness", () => {
  it("finds nothing lost, doubled or bent after faults in every stage", async () => {
    const run = await faults("--seed", "7", "--faults", "18", "--json");
    expect([run.code, run.err.split("\n").filter((line) => /never fired|AFTER/.test(line))]).toEqual([0, []]);
    const result = resultOf(run);
    expect(result).toMatchObject({ ok: true, seed: 7, faults: 18, lost: 0, doubled: 0, bent: 0 });
    expect(result.rowsCompared).toBeGreaterThan(10_000);
  }, 600_000);

  it.each(["lost", "doubled", "bent"] as const)(
    "counts a defect that is planted: %s",
    async (defect) => {
      const run = await faults("--seed", "3", "--faults", "1", "--orders", "10", "--json", "--plant", defect);
      const result = resultOf(run);
      expect([run.code, result.ok, run.err.includes("planted: ")]).toEqual([1, false, true]);
      expect(result[defect]).toBeGreaterThan(0);
    },
    600_000,
  );

  it.each([
    [["--plant", "twisted"], "Allowed choices are lost, doubled, bent"],
    [["--seed", "-1"], "A whole number from 0"],
    [["--faults", "3", "--long"], "do not go together"],
    [["now"], "too many arguments"],
  ])("says what is wrong with %j", async (args, sentence) => {
    const run = await faults(...args);
    expect(run.code).toBe(1);
    expect(run.err).toContain(sentence);
    expect(run.out).toBe("");
  });
});
