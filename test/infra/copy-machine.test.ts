import { describe, expect, it } from "@jest/globals";
import { STAGES } from "../../lib/config.ts";
import { resourcesOf, stage } from "./synth/index.ts";

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly ResultPath?: string | null;
  readonly Parameters?: unknown;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Choices?: readonly { readonly Next: string; readonly Variable: string }[];
  readonly Default?: string;
  readonly MaxConcurrency?: number;
  readonly ItemProcessor?: Machine;
}

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly QueryLanguage?: string;
}

/** The definition, with references as the word `ref`. */
function definition(name: (typeof STAGES)[number]): Machine {
  const [, machine] = resourcesOf(stage(name).templates.Pipeline, "AWS::StepFunctions::StateMachine")[0] ?? [];
  const text = machine?.Properties["DefinitionString"] as {
    readonly "Fn::Join": readonly [string, readonly unknown[]];
  };
  const parts = text["Fn::Join"][1].map((part) => (typeof part === "string" ? part : "ref"));
  return JSON.parse(parts.join("")) as Machine;
}

const allStates = (machine: Machine): readonly State[] =>
  Object.values(machine.States).flatMap((state) => [
    state,
    ...(state.ItemProcessor === undefined ? [] : allStates(state.ItemProcessor)),
  ]);

describe.each(STAGES)("copy machine of stage %s", (name) => {
  const machine = definition(name);
  const after = (state: string): string | undefined => machine.States[state]?.Next;

  it("plans, starts change capture, reads chunks, and finishes", () => {
    expect(machine.StartAt).toBe("Plan");
    expect(after("Plan")).toBe("StartChanges");
    expect(after("StartChanges")).toBe("Chunks");
    expect(after("Chunks")).toBe("Finish");
    expect(machine.States["Plan"]?.Parameters).toEqual({
      action: "plan",
      "kind.$": "$.kind",
      "tables.$": "$.tables",
    });
  });

  it("waits until all is loaded, builds the star, and reports", () => {
    expect(after("Finish")).toBe("Loaded");
    expect(after("Loaded")).toBe("IsLoaded");
    const { Choices, Default } = machine.States["IsLoaded"] ?? {};
    expect(Choices).toMatchObject([{ Variable: "$.load.loaded", BooleanEquals: true, Next: "BuildStar" }]);
    expect(Default).toBe("WaitForLoad");
    expect(after("WaitForLoad")).toBe("Loaded");
    expect(after("BuildStar")).toBe("Report");
    expect(machine.States["Report"]?.End).toBe(true);
  });

  it("reads a chunk until it is done, some at a time, and carries no rows along", () => {
    const chunks = machine.States["Chunks"];
    expect(chunks?.MaxConcurrency).toBeGreaterThan(0);
    expect(chunks?.ResultPath).toBeNull();
    const { States = {} } = chunks?.ItemProcessor ?? {};
    expect(States["IsChunkDone"]).toMatchObject({
      Choices: [{ Variable: "$.done", BooleanEquals: true, Next: "ChunkDone" }],
      Default: "ReadChunk",
    });
  });

  it("tries again what may pass, under the names that functions throw", () => {
    const tasks = allStates(machine).filter(({ Type, ResultPath }) => Type === "Task" && ResultPath !== undefined);
    for (const { Retry = [] } of tasks) {
      const names = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(names).toContain("Lambda.ServiceException");
    }
    const own = allStates(machine).filter(({ Retry = [] }) =>
      Retry.some((r) => r.ErrorEquals.includes("TransientError")),
    );
    expect(own).toHaveLength(6);
  });

  it("uses JSONPath, which LocalStack knows", () => {
    expect(JSON.stringify(machine)).not.toContain("JSONata");
    expect(machine.QueryLanguage).toBeUndefined();
  });
});
