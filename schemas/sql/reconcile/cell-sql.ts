import type { AnyTable } from "../../model/table.ts";
import { identifier, literal } from "../quote.ts";
import { BAR, BAR_TEXT, FRACTION, floatSteps, JSON_NULL, MAX_JSON_TEXT, NULL_TEXT, STEP } from "./cells.ts";
import type { CellForm, FloatStep } from "./cells.ts";
import { SLICE } from "./parts.ts";
import { MAX_VARCHAR } from "../../types/warehouse.ts";

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
      return [floatText(form.name)];
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
        ...keptLong(form),
      ];
    case "bytes":
      return [bytesText(form, at), ...keptLong(form)];
    case "json":
      return [jsonText(form, at), ...keptLong(form)];
  }
}

const text = (at: string): string => `CAST(${at} AS VARCHAR)`;
const momentText = (at: string): string => `TO_CHAR(${at}, 'YYYY-MM-DD HH24:MI:SS.US')`;

const rawMember = ({ name }: CellForm): string => `_raw.${identifier(name)}`;

/** The text that `_raw` keeps of a date that its column cannot hold. What is not there is NULL. */
const kept = (form: CellForm): string => text(rawMember(form));

/** Pieces that one look at the first of them saves. */
const GROUP = 8;

/**
 * The MD5 of the MD5s of the pieces that `_raw` keeps. Each by itself: of all together there is no text, because a VARCHAR
 * does not hold it, and how JSON would escape it does not matter so.
 */
function keptLong(form: CellForm): readonly string[] {
  const { pieces } = form.parts;
  if (pieces === 0) return [];
  const at = rawMember(form);
  const groups: string[] = [];
  for (let from = 0; from < pieces; from += GROUP) {
    const digests = Array.from({ length: Math.min(GROUP, pieces - from) }, (_, i) => {
      return `COALESCE(MD5(CAST(${at}[${from + i}] AS VARCHAR(${MAX_VARCHAR}))), '')`;
    });
    const all = digests.join(" || ");
    groups.push(from === 0 ? all : `CASE WHEN ${at}[${from}] IS NOT NULL THEN ${all} ELSE '' END`);
  }
  const rest = `CASE WHEN ${at}[${pieces}] IS NOT NULL THEN ${text(`JSON_SIZE(${at})`)} ELSE '' END`;
  return [`CASE WHEN ${at}[0] IS NOT NULL THEN MD5(${[...groups, rest].join(" || ")}) END`];
}

function bytesText({ digested, parts: { slices } }: CellForm, at: string): string {
  if (!digested) return hex(at);
  return slices === 0 ? `MD5(${hex(at)})` : slicedText(at, `OCTET_LENGTH(${at})`, slices);
}

const hex = (bytes: string): string => `LOWER(TO_HEX(${bytes}))`;

/** The MD5 of the MD5s of the slices, and of the size where there are more bytes than these. */
function slicedText(at: string, size: string, slices: number): string {
  const digests = Array.from({ length: slices }, (_, i) => {
    const digest = `MD5(${hex(`SUBSTRING(${at}, ${i * SLICE + 1}, ${SLICE})`)})`;
    return i === 0 ? digest : `CASE WHEN ${size} > ${i * SLICE} THEN ${digest} ELSE '' END`;
  });
  const rest = `CASE WHEN ${size} > ${slices * SLICE} THEN ${text(size)} ELSE '' END`;
  return `MD5(${[...digests, rest].join(" || ")})`;
}

/** JSON_SERIALIZE gives a VARCHAR, and fails for what does not fit. */
function jsonText({ parts: { slices } }: CellForm, at: string): string {
  const long = slicedText(`JSON_SERIALIZE_TO_VARBYTE(${at})`, `JSON_SIZE(${at})`, slices);
  const short = `MD5(NULLIF(JSON_SERIALIZE(${at}), ${literal(JSON_NULL)}))`;
  return `CASE WHEN JSON_SIZE(${at}) > ${MAX_JSON_TEXT} THEN ${long} ELSE ${short} END`;
}

const stepName = (name: string): string => identifier(`_step_${name}`);
const scaledName = (name: string): string => identifier(`_scaled_${name}`);

/**
 * See FloatStep. -0 is written as 0: no comparison in SQL tells them apart. The step and what it scales to are columns
 * of `withFloats`: written out here, a DOUBLE would take 16 KB of a statement that may have 100.
 */
function floatText(name: string): string {
  const [at, y] = [identifier(name), scaledName(name)];
  const fraction = `CAST((${y} - FLOOR(${y})) * ${float(FRACTION)} AS BIGINT)`;
  const shown = `${text(`CAST(FLOOR(${y}) AS BIGINT)`)} || '.' || ${text(fraction)} || 'e' || ${text(stepName(name))}`;
  const sign = `CASE WHEN ${at} < 0 THEN '-' ELSE '' END`;
  return `CASE WHEN ${at} IS NULL THEN NULL WHEN ${at} = 0 THEN '0' ELSE ${sign} || ${shown} END`;
}

/** What the cells of a table are read from: its rows, with what `floatText` needs of each float. */
export function withFloats(table: AnyTable, from: string): string {
  const floats = Object.entries(table.columns).flatMap(([name, { type }]) =>
    type.kind === "float" ? [{ name, steps: floatSteps(type.bits) }] : [],
  );
  if (floats.length === 0) return from;
  const steps = floats.map(({ name, steps: all }) => `${stepOf(name, all)} AS ${stepName(name)}`);
  const scaled = floats.map(({ name, steps: all }) => `${scaledBy(name, all)} AS ${scaledName(name)}`);
  return `(SELECT *, ${scaled.join(", ")} FROM (SELECT *, ${steps.join(", ")} FROM ${from}) AS stepped) AS scaled`;
}

const magnitude = (name: string): string => `ABS(CAST(${identifier(name)} AS FLOAT8))`;
const isLikely = ({ k }: FloatStep): boolean => k === 0 || k === -1;

/** The steps that most values are in come first: without that, each would pass half of the branches. */
function stepOf(name: string, steps: readonly FloatStep[]): string {
  const x = magnitude(name);
  const likely = steps
    .filter(isLikely)
    .reverse()
    .map(({ k, below }) => `WHEN ${x} >= ${float(2 ** (STEP * k))} AND ${x} < ${float(below)} THEN ${k}`);
  const others = steps
    .filter((step) => !isLikely(step))
    .map(({ k, below }, i, all) => (i === all.length - 1 ? `ELSE ${k}` : `WHEN ${x} < ${float(below)} THEN ${k}`));
  return `CASE ${[...likely, ...others].join(" ")} END`;
}

/** Most values are of step 0, whose factor is 1: it has a branch all the same, so that it passes no other. */
function scaledBy(name: string, steps: readonly FloatStep[]): string {
  const ordered = [...steps.filter(isLikely).reverse(), ...steps.filter((step) => !isLikely(step))];
  const factor = (place: 0 | 1): string => {
    if (steps.every(({ times }) => times[place] === 1)) return "";
    const branches = ordered
      .filter((step) => isLikely(step) || step.times[place] !== 1)
      .map(({ k, times }) => `WHEN ${k} THEN ${float(times[place])}`);
    return ` * CASE ${stepName(name)} ${branches.join(" ")} ELSE ${float(1)} END`;
  };
  return `${magnitude(name)}${factor(0)}${factor(1)}`;
}

const float = (value: number): string => `CAST('${value}' AS FLOAT8)`;
