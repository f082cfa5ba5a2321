import type { Cursor } from "../cursor.ts";
import { RefusedByRedshiftError } from "../errors.ts";
import { expression } from "../expression.ts";
import { quoteIdentifier, sqlName } from "../identifiers.ts";
import { command, type CommandPlan } from "../plan.ts";
import { columnList } from "../query.ts";
import { userRelation } from "../relations.ts";
import { assignmentList } from "./dml.ts";

/**
 * MERGE with Redshift's grammar and nothing more: target without alias, source a table, exactly one WHEN MATCHED and
 * one WHEN NOT MATCHED without further conditions, or REMOVE DUPLICATES.
 */
export function merge(c: Cursor): CommandPlan {
  c.expect("merge", "into");
  const target = userRelation(c.objectName());
  if (!c.at("using"))
    throw new RefusedByRedshiftError("Redshift's MERGE has no alias for its target: name the table itself");
  c.expect("using");
  if (c.atOperator("("))
    throw new RefusedByRedshiftError("MERGE's source must be a table: a subquery is refused by Redshift");
  const source = userRelation(c.objectName());
  const named = c.accept("as") || !c.at("on") ? c.aliasName() : null;
  c.expect("on");
  const condition = expression(c);
  const alias = named === null ? "" : ` AS ${quoteIdentifier(named)}`;
  const parts = {
    target: sqlName(target),
    source: sqlName(source) + alias,
    reference: quoteIdentifier(named ?? source.name),
    condition,
  };
  const tablesOnly = [target, source];
  if (c.accept("remove", "duplicates")) return command("MERGE", removeDuplicates(parts), { counted: 2, tablesOnly });
  const bare: string[] = [];
  const sql = `MERGE INTO ${parts.target} USING ${parts.source} ON ${condition} ${matched(c, bare)} ${notMatched(c)}`;
  if (c.at("when"))
    throw new RefusedByRedshiftError("Redshift's MERGE takes one WHEN MATCHED and one WHEN NOT MATCHED clause");
  return command("MERGE", [sql], { counted: 0, tablesOnly, literals: { table: target, columns: bare } });
}

function matched(c: Cursor, bare: string[]): string {
  c.expect("when");
  if (c.at("not")) throw new RefusedByRedshiftError("Redshift's MERGE wants WHEN MATCHED first, then WHEN NOT MATCHED");
  c.expect("matched");
  refuseCondition(c);
  c.expect("then");
  if (c.accept("delete")) return "WHEN MATCHED THEN DELETE";
  c.expect("update", "set");
  return `WHEN MATCHED THEN UPDATE SET ${assignmentList(c, bare)}`;
}

function notMatched(c: Cursor): string {
  if (!c.at("when")) throw new RefusedByRedshiftError("Redshift's MERGE wants both WHEN MATCHED and WHEN NOT MATCHED");
  c.expect("when", "not", "matched");
  if (c.at("by")) throw new RefusedByRedshiftError("WHEN NOT MATCHED BY is not supported by Redshift");
  refuseCondition(c);
  c.expect("then", "insert");
  const columns = c.atOperator("(") ? `${columnList(c)} ` : "";
  c.expect("values");
  const values = c.parenthesised(() => c.list(() => expression(c)));
  return `WHEN NOT MATCHED THEN INSERT ${columns}VALUES (${values.join(", ")})`;
}

function refuseCondition(c: Cursor): void {
  if (c.at("and"))
    throw new RefusedByRedshiftError("AND conditions in MERGE's WHEN clauses are not supported by Redshift");
}

/** The words of Redshift's error; run/postgres-errors.ts gives the same for PostgreSQL's own check. */
export const MULTIPLE_MATCHES = "Found multiple matches to update the same tuple.";

interface MergeParts {
  readonly target: string;
  readonly source: string;
  readonly reference: string;
  readonly condition: string;
}

/** Matched rows of the target give way to the source's; all rows of the source come in. */
function removeDuplicates({ target, source, reference, condition }: MergeParts): readonly string[] {
  const twice = `SELECT 1 FROM ${target} JOIN ${source} ON ${condition} GROUP BY ${target}.ctid HAVING count(*) > 1`;
  return [
    `SELECT redshift.refuse_when(EXISTS (${twice}), '${MULTIPLE_MATCHES}')`,
    `DELETE FROM ${target} USING ${source} WHERE ${condition}`,
    `INSERT INTO ${target} SELECT ${reference}.* FROM ${source}`,
  ];
}
