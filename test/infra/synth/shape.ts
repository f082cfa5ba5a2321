import type { StageName } from "../../../lib/config.ts";

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export type StackPart = "Data" | "Pipeline" | "Observability";

export interface Synthesized {
  /** Template files, for tools that read files. */
  readonly files: readonly string[];
  /** Look-ups that synth would need: none may be. */
  readonly missing: readonly unknown[];
  readonly protectedStacks: readonly string[];
  readonly templates: Readonly<Record<StackPart, StackTemplate>>;
}

/** What main.ts writes: everything the tests look at, from one process that loads CDK once. */
export interface SynthReport {
  readonly stages: Readonly<Record<StageName, Synthesized>>;
  /** `<stage> <deleteData>`: with the second key to deleting data. */
  readonly deleting: Readonly<Record<string, Synthesized>>;
  /** By number of synthetic tables. */
  readonly scaled: Readonly<Record<string, Synthesized>>;
  /** Stage prod with three sources: its own, `orders-eu` and `stock`. */
  readonly sources: Synthesized;
  /** Findings on a policy whose wildcards are all, or not all, acknowledged; null when synth passed. */
  readonly wildcards: Readonly<Record<"declared" | "another" | "everything", string | null>>;
}
