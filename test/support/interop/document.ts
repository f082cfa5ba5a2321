import { CONNECTOR_SETTINGS, DIFFERENCES, ONLY_OURS, ONLY_THEIRS } from "./differences.ts";
import type { Difference } from "./differences.ts";

const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(", ");

const row = ({ what, ours, theirs, reason, flavour }: Difference): string =>
  `| ${what}${flavour === undefined ? "" : ` (${flavour === "mysql" ? "MySQL" : "MariaDB"})`} | ${ours} | ${theirs} | ${reason} |`;

const rows = (effect: Difference["effect"]): string =>
  DIFFERENCES.filter((rule) => rule.effect === effect)
    .map(row)
    .join("\n");

/** docs/INTEROPERATION.md: what the comparison with the engine allows, and nothing else. */
export const interoperationDocument = (): string => `# Interoperation with Debezium

Generated from \`test/support/interop\`; do not edit.

A Debezium 3 connector for MySQL or MariaDB can write the topics in place of \`capture-changes\`, and consumers of Debezium's records can read ours. \`test/integration/interop\` runs the engine (3.5.0.Final) and our captures against the same server, with a column of every type of [TYPES.md](TYPES.md) and their boundary values, through snapshot, insert, update, delete, a change of key, a transaction over several tables and TRUNCATE. It compares every field of every record, then loads both and compares the mirrors cell by cell. Differences that are not listed here fail the test, and so do listed ones that do not occur.

\`npx jest --selectProjects integration --testPathPatterns integration/interop\` runs it on the local server, with \`MILLRACE_MYSQL9_URL\` on MySQL 9 too. The engine comes from Maven and runs on the Java that setup found; without them the test fails and says what is missing.

## Settings of a connector

\`\`\`
${Object.entries(CONNECTOR_SETTINGS)
  .map(([name, value]) => `${name.replace(/^converter\./, "value.converter.")}=${value}`)
  .join("\n")}
event.converting.failure.handling.mode=fail
\`\`\`

Topics are named by a routing transform (\`<area>_<table>\`). The epoch, which its records lack, is \`landing.defaultEpoch\` of the stage's record in \`lib/config.ts\`: raise it when the connector moves to another server. Tables with [personal data](PERSONAL-DATA.md#other-writers) are refused.

## The same in every record

Operation, presence and columns of \`before\` and \`after\`; of \`source\`: \`connector\`, \`db\`, \`table\`, \`server_id\`, \`gtid\`, \`file\`, \`pos\`, \`row\` and \`ts_ms\` of changes. So both give a change the same version, and either may follow the other. The place of a snapshot's rows is that of its own reading; Debezium writes no GTID and server id 0 there, and \`snapshot\` says first and last.

Only theirs: ${names(ONLY_THEIRS.record)}, in \`source\` ${names(ONLY_THEIRS.source)}. Only ours: ${names(ONLY_OURS.record)} (a TRUNCATE without one deletes all the same), in \`source\` ${names(ONLY_OURS.source)} (those of repairs and resyncs). After a delete Debezium writes a tombstone, which landing passes over.

## Another form, the same value in the warehouse

| | ours | theirs | why |
| --- | --- | --- | --- |
${rows("form")}

## Another value

These are lost before the record is written; no reader can bring them back. Ours has them.

| | ours | theirs | why |
| --- | --- | --- | --- |
${rows("value")}
| Impossible dates (\`2024-02-31\`), in changes | the row, the text kept in \`_raw\` | no record at all, also of other rows of the event | the event cannot be converted: the engine ends, or passes over it, as \`event.processing.failure.handling.mode\` says |
`;
