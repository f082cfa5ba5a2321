import { identifier, literal } from "../quote.ts";
import {
  BAR,
  BAR_TEXT,
  FRACTION,
  floatSteps,
  JSON_NULL,
  MAX_JSON_TEXT,
  MAX_ROW,
  NULL_TEXT,
  SLICE,
  STEP,
} from "./cells.ts";
import type { CellForm, FloatStep } from "./cells.ts";
import { warehouseType } from "../../types/warehouse.ts";

/** The canonical text of a mirror's cell, never NULL; only what Redshift and PostgreSQL both know. */
export function cellSql(form: CellForm): string {
  return `COALESCE(${[...texts(form), literal(NULL_TEXT)].join(", ")})`;
}

/** Texts of which the first that is not NULL counts. */
function texts(form: CellForm): readonly string[] {
  const at = identifier(form.name);
  const { type } = form.column;
  switch (type.kind) {
    case "int":
    case "time":
    case "year":
      return [text(at)];
    case "bit":
      return [type.length === 1 ? `CASE WHEN ${at} THEN '1' WHEN NOT ${at} THEN '0' END` : text(at)];
    case "decimal":
      return [type.precision <= 38 ? text(at) : at];
    case "float":
      return [floatText(at, floatSteps(type.bits))];
    case "date":
      return [`TO_CHAR(${at}, 'YYYY-MM-DD')`, kept(form)];
    case "datetime":
      return [momentText(at), kept(form)];
    case "timestamp":
      return [momentText(`${at} AT TIME ZONE 'UTC'`), kept(form)];
    case "pseudonym":
      return [at];
    case "string":
    case "enum":
    case "set":
      return [
        form.digested ? `MD5(${at})` : `REPLACE(${at}, ${literal(BAR)}, ${literal(BAR_TEXT)})`,
        ...(form.keptLong ? [`MD5(${kept(form)})`] : []),
      ];
    case "bytes":
      return [bytesText(form, at), ...(form.keptLong ? [`MD5(${kept(form)})`] : [])];
    case "json":
      return [jsonText(at)];
  }
}

const text = (at: string): string => `CAST(${at} AS VARCHAR)`;
const momentText = (at: string): string => `TO_CHAR(${at}, 'YYYY-MM-DD HH24:MI:SS.US')`;

/** What `_raw` keeps for a value that its column cannot hold. A path that is not there gives ''. */
function kept({ name }: CellForm): string {
  return `CASE WHEN _raw IS NOT NULL THEN NULLIF(JSON_EXTRACT_PATH_TEXT(JSON_SERIALIZE(_raw), ${literal(name)}), '') END`;
}

function bytesText({ column, digested }: CellForm, at: string): string {
  const held = warehouseType(column.type);
  const width = "bytes" in held ? held.bytes : 0;
  if (!digested) return hex(at);
  return width <= SLICE ? `MD5(${hex(at)})` : slicedText(at, width);
}

const hex = (bytes: string): string => `LOWER(TO_HEX(${bytes}))`;

/** The MD5 of the MD5s of all slices. */
function slicedText(at: string, width: number): string {
  const slices: string[] = [];
  for (let from = 0; from < Math.min(width, MAX_ROW); from += SLICE) {
    const digest = `MD5(${hex(`SUBSTRING(${at}, ${from + 1}, ${SLICE})`)})`;
    slices.push(from === 0 ? digest : `CASE WHEN OCTET_LENGTH(${at}) > ${from} THEN ${digest} ELSE '' END`);
  }
  return `MD5(${slices.join(" || ")})`;
}

/** JSON_SERIALIZE gives a VARCHAR, and fails for what does not fit. */
function jsonText(at: string): string {
  const long = slicedText(`JSON_SERIALIZE_TO_VARBYTE(${at})`, MAX_ROW);
  const short = `MD5(NULLIF(JSON_SERIALIZE(${at}), ${literal(JSON_NULL)}))`;
  return `CASE WHEN JSON_SIZE(${at}) > ${MAX_JSON_TEXT} THEN ${long} ELSE ${short} END`;
}

/** See FloatStep. -0 is written as 0: no comparison in SQL tells them apart. */
function floatText(at: string, steps: readonly FloatStep[]): string {
  const x = `ABS(CAST(${at} AS FLOAT8))`;
  const shownAs = (step: FloatStep): string => {
    const y = `(${[x, ...step.times.map(float)].join(" * ")}${step.over === 1 ? "" : ` / ${float(step.over)}`})`;
    const fraction = `CAST((${y} - FLOOR(${y})) * ${float(FRACTION)} AS BIGINT)`;
    return `${text(`CAST(FLOOR(${y}) AS BIGINT)`)} || '.' || ${text(fraction)} || 'e${step.k}'`;
  };
  // Most values are here: without these, each would pass half of the branches.
  const likely = steps
    .filter(({ k }) => k === 0 || k === -1)
    .reverse()
    .map((step) => `WHEN ${x} >= ${float(2 ** (STEP * step.k))} AND ${x} < ${float(step.below)} THEN ${shownAs(step)}`);
  const others = steps
    .filter(({ k }) => k !== 0 && k !== -1)
    .map((step, i, all) => {
      return i === all.length - 1 ? `ELSE ${shownAs(step)}` : `WHEN ${x} < ${float(step.below)} THEN ${shownAs(step)}`;
    });
  const branches = [...likely, ...others];
  const sign = `CASE WHEN ${at} < 0 THEN '-' ELSE '' END`;
  return `CASE WHEN ${at} IS NULL THEN NULL WHEN ${at} = 0 THEN '0' ELSE ${sign} || CASE ${branches.join(" ")} END END`;
}

const float = (value: number): string => `CAST('${value}' AS FLOAT8)`;
