import type { Cloud } from "../engines/cloud.ts";
import { tables as definitions } from "../../schemas/sources/index.ts";
import { factName } from "../../schemas/sql/star-names.ts";
import { star, starTables, tablesOf } from "../../schemas/warehouse/star.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { classicmodels } from "../../schemas/sources/classicmodels/area.ts";
import { runMix } from "./changes/mix.ts";
import { compareAll } from "./compare/compare.ts";
import { revenueByProductLine, starFigures } from "./compare/figures.ts";
import type { RunOptions } from "./options.ts";
import type { Progress, Say } from "./progress/index.ts";
import type { Findings } from "./report/report.ts";
import { catchUp } from "./run/catch-up.ts";
import { folders, risingCloud, warehouseUrl } from "./run/cloud.ts";
import { runCopy } from "./run/copy.ts";
import { createDeployer, deployProgress } from "./run/deploy.ts";
import { checkInputs } from "./run/inputs.ts";
import { landedFacts, loadedFacts, measureFreshness, starRows } from "./run/facts.ts";
import type { DeployedPipeline } from "./run/pipeline.ts";
import { deployedPipeline } from "./run/pipeline.ts";
import { createSourceSecret } from "./run/secret.ts";
import { fill, leftOut, requireTables, tablesAt } from "./run/source-fill.ts";
import type { SourceAccess } from "./source/connection.ts";
import { connectTo, parseSourceUrl } from "./source/connection.ts";
import { setTimeout as sleep } from "node:timers/promises";

export interface JobContext {
  readonly options: RunOptions;
  readonly progress: Progress;
  /** Grows as the job goes, so that a failure still tells what came before it. */
  readonly findings: Findings;
  /** Ends the job: Ctrl-C, or a part that has died. */
  readonly abort: AbortController;
  /** Told once, when all parts of the local cloud answer. */
  readonly onCloud: (cloud: Cloud) => void;
}

/** The whole way of the rows, from an empty machine to a report. */
export async function runJob(context: JobContext): Promise<void> {
  await checkInputs(context.options, definitions);
  const { cloud, source, tables } = await bringUp(context);
  const pipeline = await deployedPipeline(cloud.endpoints.aws);
  await copy(context, pipeline, tables);
  if (context.options.changes > 0) await change(context, pipeline, source);
  await compare(context, pipeline, cloud, source, tables);
}

interface BroughtUp {
  readonly cloud: Cloud;
  /** Who fills, changes and compares. */
  readonly source: SourceAccess;
  /** Captured tables whose database is at the source. */
  readonly tables: readonly AnyTable[];
}

/** Engines, deployment and filling of the source, each as early as what it needs is there. */
async function bringUp({ options, progress, findings, abort, onCloud }: JobContext): Promise<BroughtUp> {
  const { signal } = abort;
  const rising = await risingCloud(options.sourceUrl, signal);
  const deployer = createDeployer(folders, signal);
  const synthesized = Promise.withResolvers<undefined>();
  const bootstrapped = Promise.withResolvers<undefined>();
  for (const { promise } of [synthesized, bootstrapped]) promise.catch(() => undefined);

  const { engines, source } = await progress.together(
    {
      engines: {
        title: "Start MySQL, Kafka, PostgreSQL and LocalStack",
        work: timed(findings, "engines", async (say: Say) => {
          const cloud = await rising.start(say);
          onCloud(cloud);
          return { result: cloud, rows: 0 };
        }),
      },
      synth: {
        title: "Bundle the Lambdas, write the templates (cdk synth)",
        work: async () => {
          await rising.cleaned;
          await deployer.synthesize(rising.source).then(() => synthesized.resolve(undefined), synthesized.reject);
          await synthesized.promise;
        },
      },
      bootstrap: {
        title: "Prepare the account (cdk bootstrap)",
        work: async (say) => {
          say("waiting for LocalStack");
          await rising.awsReady;
          await deployer.bootstrap(rising.awsEndpoint).then(() => bootstrapped.resolve(undefined), bootstrapped.reject);
          await bootstrapped.promise;
        },
      },
      deploy: {
        title: "Deploy the stacks (cdk deploy)",
        work: timed(findings, "deploy", async (say: Say, begin) => {
          say("waiting for templates and account");
          const cloud = await rising.up;
          await Promise.all([
            createSourceSecret(cloud.endpoints.aws, cloud.endpoints.capture),
            synthesized.promise,
            bootstrapped.promise,
          ]);
          begin();
          const ticker = setInterval(() => {
            void deployProgress(folders.logs).then(say);
          }, 1_000);
          try {
            await deployer.deploy(cloud.endpoints.aws);
          } finally {
            clearInterval(ticker);
          }
          return { result: undefined, rows: 0 };
        }),
      },
      source: {
        title: options.writes ? "Fill the source" : "Look at the source",
        work: timed(findings, "source", async (say: Say, begin) => {
          say("waiting for MySQL");
          const cloud = await rising.up;
          begin();
          const access = parseSourceUrl(cloud.endpoints.source);
          const rows = await fill(access, options, definitions, say, signal);
          const tables = await tablesAt(access, definitions);
          requireTables(tables, definitions, access);
          findings.tables = tables;
          findings.notes.push(...leftOut(tables, definitions));
          return { result: { access, tables }, rows };
        }),
      },
    },
    () => abort.abort(),
  );
  return { cloud: engines, source: source.access, tables: source.tables };
}

/** A step that leaves a line in the report. Its time counts from the last call of `begin`, if it has to wait first. */
function timed<T>(
  findings: Findings,
  name: string,
  work: (say: Say, begin: () => void) => Promise<{ readonly result: T; readonly rows: number }>,
): (say: Say) => Promise<T> {
  return async (say) => {
    let started = Date.now();
    const { result, rows } = await work(say, () => {
      started = Date.now();
    });
    findings.stages.push({ name, rows, seconds: (Date.now() - started) / 1000 });
    return result;
  };
}

/** The initial copy: what each stage has left behind is its line in the report. */
async function copy(
  { progress, findings, abort }: JobContext,
  pipeline: DeployedPipeline,
  tables: readonly AnyTable[],
): Promise<void> {
  const { endpoint, outputs, source, status, ask } = pipeline;
  await progress.step("Copy all tables (snapshot, land, load, star)", async (say) => {
    const outcome = await runCopy(endpoint, source.CopyMachineArn, status, say, abort.signal);
    await catchUp("snapshot", status, say, abort.signal);
    const since = (date: Date | null) =>
      date === null ? 0 : Math.max(0, date.getTime() - outcome.startedAt.getTime()) / 1000;
    const [landed, loaded] = [await landedFacts(endpoint, outputs.LandingBucket), await loadedFacts(ask)];
    const facts = star.facts.filter((fact) => tablesOf(fact).every((table) => tables.includes(table))).map(factName);
    findings.stages.push(
      { name: "snapshot", rows: outcome.rows, seconds: outcome.snapshotSeconds },
      { name: "land", rows: landed.rows, seconds: since(landed.last) },
      { name: "load", rows: loaded.rows, seconds: since(loaded.last) },
      { name: "star", rows: await starRows(ask, facts), seconds: outcome.starSeconds },
    );
  });
}

/** Mean wait between two transactions: some twenty a second, so that freshness is that of a shop at work. */
const PAUSE_MS = 40;

async function change(
  { options, progress, findings, abort }: JobContext,
  pipeline: DeployedPipeline,
  source: SourceAccess,
): Promise<void> {
  const { signal } = abort;
  await progress.step(
    `Change rows in ${options.changes} transactions`,
    timed(findings, "changes", async (say: Say) => {
      const connection = await connectTo(source, { database: classicmodels.database });
      try {
        const outcome = await runMix(connection, {
          transactions: options.changes,
          seed: options.seed,
          pause: () => sleep(PAUSE_MS, undefined, { signal }),
          onProgress: (done) => say(`${done} of ${options.changes}`),
          signal,
        });
        return { result: undefined, rows: outcome.rows };
      } finally {
        await connection.end();
      }
    }),
  );
  await progress.step(
    "Wait until all of it is in the star",
    timed(findings, "catch up", async (say: Say) => {
      await catchUp("changes", pipeline.status, say, signal);
      return { result: undefined, rows: 0 };
    }),
  );
  findings.freshness = await measureFreshness(pipeline.ask, starTables());
}

/** A given server may be written to by others while it is compared. */
const COMPARE_ATTEMPTS = 3;

async function compare(
  { options, progress, findings, abort }: JobContext,
  pipeline: DeployedPipeline,
  cloud: Cloud,
  source: SourceAccess,
  tables: readonly AnyTable[],
): Promise<void> {
  await progress.step(
    "Compare source and warehouse, cell by cell",
    timed(findings, "compare", async (say: Say) => {
      for (let attempt = 1; ; attempt++) {
        const { status, ask } = pipeline;
        const before = await catchUp("compare", status, say, abort.signal);
        const outcome = await compareAll({
          source,
          ask,
          warehouseUrl: warehouseUrl(cloud),
          tables,
          say,
          signal: abort.signal,
        });
        const after = await status();
        const moved = before.mark.pos !== after.mark.pos || before.mark.file !== after.mark.file;
        const equal = outcome.comparisons.every((comparison) => comparison.equal);
        if (!equal && moved && options.sourceUrl !== null && attempt < COMPARE_ATTEMPTS) continue;
        if (!equal && moved) findings.notes.push("the source was written to while it was compared.");
        findings.comparisons.push(...outcome.comparisons);
        findings.differences.push(...outcome.differences);
        findings.notes.push(...outcome.notes);
        return { result: undefined, rows: outcome.rows };
      }
    }),
  );
  if (!tables.some((table) => table.area === classicmodels)) return;
  findings.star = await starFigures(pipeline.ask);
  const lines = [...(await revenueByProductLine(pipeline.ask))];
  findings.topLines = lines.sort(([, a], [, b]) => Number(b) - Number(a)).slice(0, 5);
}
