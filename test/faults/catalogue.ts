import type { Kind, Wire } from "./wire/fault.ts";

/** What the harness invokes with a trap set. */
export const STAGES = [
  "capture-changes",
  "snapshot-plan",
  "snapshot-chunk",
  "snapshot-finish",
  "land-batch",
  "load-warehouse",
  "build-star",
  "wake-loaders",
  "resync-tables",
] as const;
export type Stage = (typeof STAGES)[number];

/** A step of a stage: one call that crosses a wire, and what may happen to it there. */
export interface Point {
  readonly stage: Stage;
  readonly step: string;
  readonly wire: Wire;
  readonly call: RegExp;
  readonly kinds: readonly Kind[];
  /** Which of the invocation's matching calls. @default 1 */
  readonly nth?: number;
}

/** A call that changes nothing: it is made or not. */
const READ: readonly Kind[] = ["refused", "unsent", "killed-before"];
/** A call that leaves a fact: whether it has is what the caller may not know. */
const WRITE: readonly Kind[] = ["refused", "unsent", "unanswered", "killed-before", "killed-after"];
const PUBLISH: readonly Kind[] = ["unsent", "unanswered", "killed-before", "killed-after", "engine-killed"];
const STREAM: readonly Kind[] = ["unsent", "severed", "killed-before", "killed-after", "engine-killed"];
const STATEMENT: readonly Kind[] = ["refused", "unsent", "killed-before", "killed-after"];
const TRANSACTION: readonly Kind[] = [
  "refused",
  "unsent",
  "unanswered",
  "killed-before",
  "killed-after",
  "engine-killed",
];

function points(stage: Stage, wire: Wire, steps: readonly (readonly [string, RegExp, readonly Kind[], number?])[]) {
  return steps.map(([step, call, kinds, nth]): Point => ({
    stage,
    step,
    wire,
    call,
    kinds,
    ...(nth !== undefined && { nth }),
  }));
}

/** Every step of every stage. */
export const CATALOGUE: readonly Point[] = [
  ...points("capture-changes", "aws", [
    ["read the secret", /^GetSecretValue/, ["refused", "unsent"]],
    ["ask for the brokers", /^GetBootstrapBrokers/, ["refused", "unsent"]],
    ["read the checkpoint", /^Get .*state\/checkpoint/, READ],
    ["take the lease", /^Put .*state\/checkpoint/, WRITE],
    ["save the checkpoint", /^Put .*state\/checkpoint/, WRITE, 2],
    ["release the lease", /^Put .*state\/checkpoint/, WRITE, 4],
    ["call the successor", /^Invoke/, WRITE],
  ]),
  ...points("capture-changes", "kafka", [
    ["get a producer id", /^InitProducerId/, ["unsent", "unanswered", "killed-after"]],
    ["publish", /^Produce/, PUBLISH],
    ["publish again", /^Produce/, ["unanswered", "killed-after"], 2],
  ]),
  ...points("capture-changes", "mysql", [
    ["read the catalogue", /^Query .*information_schema/s, ["unsent", "severed", "killed-before"]],
    ["read the log", /^BinlogDump/, STREAM],
  ]),
  ...points("snapshot-plan", "aws", [
    ["write the plan", /^Put .*\/plan\.json/, WRITE],
    ["note the anchor", /^Put .*newest-anchor/, WRITE],
    ["note what is planned", /^Put .*planned\.json/, WRITE],
  ]),
  ...points("snapshot-plan", "kafka", [["read the ends of the topics", /^ListOffsets/, ["unsent", "killed-before"]]]),
  ...points("snapshot-plan", "mysql", [
    ["take the anchor", /^Query START TRANSACTION/, ["unsent", "severed", "killed-before", "killed-after"]],
    ["find the ranges", /^Query SELECT MIN/, ["unsent", "severed", "engine-killed"]],
  ]),
  ...points("snapshot-chunk", "aws", [
    ["read the plan", /^Get .*\/plan\.json/, READ],
    ["save the chunk", /^Put .*\/chunk-/, WRITE],
  ]),
  ...points("snapshot-chunk", "kafka", [["publish", /^Produce/, PUBLISH]]),
  ...points("snapshot-chunk", "mysql", [["read rows", /^Query SELECT `.*FROM `/s, STREAM]]),
  ...points("snapshot-finish", "aws", [
    ["read the chunks", /^Get .*\/chunk-/, READ],
    ["note the resync", /^Put .*state\/resyncs/, WRITE],
    ["write the end", /^Put .*\/finish\.json/, WRITE],
    ["note the copy", /^Put .*copied\.json/, WRITE],
  ]),
  ...points("snapshot-finish", "kafka", [["publish the floor", /^Produce/, PUBLISH]]),
  ...points("land-batch", "aws", [
    ["put the object", /^Put .*-landing\/landing\//, WRITE],
    ["put a later object", /^Put .*-landing\/landing\//, WRITE, 2],
    ["wake the loader", /^SendMessage .*load/, WRITE],
  ]),
  ...points("load-warehouse", "aws", [
    ["read the ledger", /^ExecuteStatement .*FROM ops\.ledger_/s, READ],
    ["list the objects", /^List .*\/landing\//, READ],
    ["put the manifest", /^Put .*\/manifests\//, WRITE],
    ["submit the transaction", /^BatchExecuteStatement/, WRITE],
    ["ask how it ended", /^DescribeStatement/, ["refused", "unsent", "killed-before", "killed-after"]],
    ["COPY reads the manifest", /^Get .*\/manifests\//, ["refused", "unsent"]],
    ["COPY reads an object", /^Get .*-landing\/landing\//, ["refused", "unsent", "killed-before"]],
    ["wake the star", /^SendMessage .*star/, WRITE],
  ]),
  ...points("load-warehouse", "warehouse", [
    ["LOCK", /^LOCK TABLE "ops"\."ledger/, STATEMENT],
    ["COPY", /^COPY "load_stage"/, TRANSACTION],
    ["append to history", /^INSERT INTO "history"/, STATEMENT],
    ["MERGE", /^MERGE INTO/, TRANSACTION],
    ["note the keys", /^INSERT INTO "ops"\."touched/, STATEMENT],
    ["advance the ledger", /^INSERT INTO "ops"\."ledger/, TRANSACTION],
    ["COMMIT", /^COMMIT after INSERT INTO "ops"\."batch"/, TRANSACTION],
  ]),
  ...points("build-star", "aws", [
    ["read what is pending", /^ExecuteStatement SELECT b\.batch/, READ],
    ["submit the star", /^BatchExecuteStatement/, WRITE],
    ["submit what is built", /^BatchExecuteStatement/, WRITE, 2],
    ["ask how it ended", /^DescribeStatement/, ["refused", "unsent", "killed-before", "killed-after"], 3],
  ]),
  ...points("build-star", "warehouse", [
    ["LOCK", /^LOCK TABLE "ops"\."star"/, STATEMENT],
    ["write a dimension", /^INSERT INTO "mart"\."dim_/, TRANSACTION],
    ["note what moved", /^INSERT INTO "ops"\."star_moved"/, STATEMENT],
    ["write a fact", /^INSERT INTO "mart"\."fact_/, TRANSACTION],
    ["COMMIT the star", /^COMMIT after (DELETE FROM "ops"\."star_moved|INSERT INTO "mart)/, TRANSACTION],
    ["COMMIT what is built", /^COMMIT after (INSERT INTO "ops"\."star_batch|DELETE FROM "ops"\."touched)/, TRANSACTION],
  ]),
  ...points("wake-loaders", "aws", [
    ["read the ledgers", /^ExecuteStatement/, READ],
    ["list the objects", /^List .*\/landing\//, READ],
    ["wake the loader", /^SendMessage .*load/, WRITE],
  ]),
  ...points("resync-tables", "aws", [
    ["list the wishes", /^List .*state\/tables/, READ],
    ["start the copy", /^StartExecution/, WRITE],
  ]),
];

/** How events may reach functions on AWS: what is played by the harness as the source of events. */
export const DELIVERIES = [
  "a batch twice",
  "a batch again, split otherwise",
  "a batch at two at once",
  "an old batch again",
  "two captures at once",
  "a chunk at two at once",
  "two loads at once",
  "two stars at once",
  "wake-ups out of order",
  "a wake-up lost",
  "all objects loaded again",
] as const;
export type DeliveryFault = (typeof DELIVERIES)[number];

/** One fault of a run. */
export type Fault =
  | { readonly how: "crossing"; readonly point: Point; readonly kind: Kind }
  | { readonly how: "delivery"; readonly what: DeliveryFault };

export const nameOf = (fault: Fault): string =>
  fault.how === "delivery"
    ? `delivery: ${fault.what}`
    : `${fault.point.stage}: ${fault.point.step} (${fault.point.wire}): ${fault.kind}`;

/** Every step with every kind, and every delivery, once. */
export const ALL_FAULTS: readonly Fault[] = [
  ...CATALOGUE.flatMap((point) => point.kinds.map((kind): Fault => ({ how: "crossing", point, kind }))),
  ...DELIVERIES.map((what): Fault => ({ how: "delivery", what })),
];
