import { lineOf } from "./print-definition.ts";
import type { ImportPlan, TableOutcome } from "./plan.ts";

/** What `millrace import --json` prints. */
export interface ImportReport {
  readonly area: string;
  readonly database: string;
  readonly tables: readonly TableOutcome[];
  /** Files written. */
  readonly files: readonly string[];
  /** Commands to go on with. */
  readonly next: readonly string[];
}

export function nextSteps(tables: ImportPlan["outcomes"], sourceUrl: string): readonly string[] {
  const known = tables.filter(({ table }) => table !== null);
  const captured = (known.find(({ table, source }) => table?.endsWith(`_${source}`) === true) ?? known[0])?.table;
  return [
    "npm run golden",
    `npm run local -- --keep --source-url '${sourceUrl}' --changes 0`,
    ...(captured == null ? [] : [`npx millrace sql "select * from source.${captured} limit 5"`]),
  ];
}

/** The report for people: a line a table, what is to be decided below it, and how to go on. */
export function importText(report: ImportReport): string {
  const { tables } = report;
  const count = (action: TableOutcome["action"]): number => tables.filter((table) => table.action === action).length;
  const counts = (["created", "updated", "unchanged", "differs", "left out"] as const)
    .filter((action) => count(action) > 0)
    .map((action) => `${count(action)} ${action}`);
  const notes = tables.reduce((sum, table) => sum + table.notes.length, 0);
  const lacking = tables.some(({ action, differences }) => action === "differs" && differences.some(isLacking));
  return [
    ...tables.flatMap(tableLines),
    "",
    `Database ${report.database}, area ${report.area}: ${counts.join(", ")}${notes === 0 ? "" : `; ${notes} ${notes === 1 ? "note" : "notes"} to decide on`}.`,
    ...(lacking ? ["Definitions that are there were not touched; --update adds the columns they lack."] : []),
    ...(report.tables.some(({ table }) => table !== null) ? ["", "Next:", ...steps(report, notes)] : []),
  ].join("\n");
}

const isLacking = (difference: string): boolean => difference.startsWith("the source has a column more");

function steps({ next, files }: ImportReport, notes: number): readonly string[] {
  const [golden = "", local = "", sql] = next;
  return [
    ...(notes > 0 ? ["  Decide what the notes ask; they stand as comments in the files too."] : []),
    ...(files.length === 0
      ? []
      : [`  ${golden}`, "      writes the golden files and the data dictionary of the new tables, for the commit"]),
    `  ${local}`,
    "      copies it all into a warehouse on this machine and goes on capturing changes",
    ...(sql === undefined ? [] : [`  ${sql}`]),
  ];
}

function tableLines(outcome: TableOutcome): readonly string[] {
  const head =
    outcome.table === null
      ? `${outcome.action.padEnd(9)} ${outcome.source}`
      : `${outcome.action.padEnd(9)} ${outcome.table}  ${outcome.file ?? ""}`;
  return [
    head,
    ...outcome.differences.map((text) => `    ${text}`),
    ...outcome.notes.map((note) => `    ${note.kind}: ${lineOf(note)}`),
  ];
}
