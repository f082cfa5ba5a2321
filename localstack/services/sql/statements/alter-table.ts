import type { Cursor } from "../cursor.ts";
import { RefusedByRedshiftError, SqlError, UnsupportedSqlError } from "../errors.ts";
import { quoteIdentifier, quoteLiteral, sqlName, type ObjectName } from "../identifiers.ts";
import { command, type CommandPlan } from "../plan.ts";
import { userRelation } from "../relations.ts";
import { parseType } from "../types.ts";
import { bytesCheck, bytesCheckName, columnDefinition, columnSql, tableConstraint } from "./columns.ts";
import { newAttributes, readEncoding, readKeyAttribute } from "./table-attributes.ts";

/** ALTER TABLE, one action at a time. Late-binding views over the table are taken down first and bound again after. */
export function alterTable(c: Cursor): CommandPlan {
  c.expect("alter", "table");
  const name = userRelation(c.objectName());
  if (c.accept("add")) return add(c, name);
  if (c.accept("drop")) return drop(c, name);
  if (c.accept("rename")) return rename(c, name);
  if (c.accept("owner", "to")) {
    c.identifier();
    return command("ALTER TABLE", [`SELECT redshift.require_table(${literal(name)})`]);
  }
  if (c.accept("alter")) return alter(c, name);
  if (c.at("append")) throw new UnsupportedSqlError("ALTER TABLE APPEND");
  throw c.unexpected("ADD, DROP, ALTER, RENAME or OWNER");
}

const literal = (name: ObjectName): string => quoteLiteral(sqlName(name));

/** The change between taking down and binding again the late-binding views over the table. */
function change(
  name: ObjectName,
  sqls: readonly string[],
  standing: CommandPlan["standing"] = "anywhere",
): CommandPlan {
  const release = `SELECT redshift.release_late_views(${literal(name)})`;
  return command("ALTER TABLE", [release, ...sqls, "SELECT redshift.bind_late_views()"], { standing });
}

function add(c: Cursor, name: ObjectName): CommandPlan {
  const table = sqlName(name);
  const attributes = newAttributes();
  if (c.atAny("constraint", "primary", "unique", "foreign", "check")) {
    tableConstraint(c, attributes);
    return command("ALTER TABLE", [
      `SELECT redshift.merge_attributes(${literal(name)}, ${primaryKey(attributes.primaryKey)})`,
    ]);
  }
  c.accept("column");
  if (c.at("if")) throw new RefusedByRedshiftError("ADD COLUMN IF NOT EXISTS is not supported by Redshift");
  const column = columnDefinition(c, attributes);
  if (column.identity !== null || attributes.primaryKey.length > 0)
    throw new RefusedByRedshiftError("ALTER TABLE ADD COLUMN takes neither IDENTITY nor PRIMARY KEY in Redshift");
  if (column.notNull && column.defaultValue === null)
    throw new RefusedByRedshiftError(
      "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression",
    );
  const check = bytesCheck(column.name, column.type);
  const actions = [`ADD COLUMN ${columnSql(column, [])}`, ...(check === null ? [] : [`ADD ${check}`])];
  const encodings = quoteLiteral(JSON.stringify({ encodings: attributes.encodings }));
  return change(name, [
    `ALTER TABLE ${table} ${actions.join(", ")}`,
    `SELECT redshift.merge_attributes(${literal(name)}, ${encodings})`,
  ]);
}

const primaryKey = (columns: readonly string[]): string =>
  quoteLiteral(JSON.stringify(columns.length > 0 ? { primaryKey: columns } : {}));

function drop(c: Cursor, name: ObjectName): CommandPlan {
  if (c.accept("constraint")) {
    c.identifier();
    if (!c.accept("cascade")) c.accept("restrict");
    return command("ALTER TABLE", [`SELECT redshift.merge_attributes(${literal(name)}, '{"primaryKey": []}')`]);
  }
  c.accept("column");
  const column = quoteIdentifier(c.identifier());
  return change(name, [`ALTER TABLE ${sqlName(name)} DROP COLUMN ${column}${c.accept("cascade") ? " CASCADE" : ""}`]);
}

function rename(c: Cursor, name: ObjectName): CommandPlan {
  if (c.accept("to"))
    return change(name, [`ALTER TABLE ${sqlName(name)} RENAME TO ${quoteIdentifier(c.identifier())}`]);
  c.accept("column");
  const from = c.identifier();
  c.expect("to");
  const to = c.identifier();
  return change(name, [
    `ALTER TABLE ${sqlName(name)} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`,
  ]);
}

function alter(c: Cursor, name: ObjectName): CommandPlan {
  const attributes = newAttributes();
  if (readKeyAttribute(c, attributes)) {
    const { diststyle, distkey, sortstyle, sortkeys } = attributes;
    const changed = sortstyle === null ? { diststyle, distkey } : { sortstyle, sortkeys };
    const json = quoteLiteral(JSON.stringify(changed));
    return command("ALTER TABLE", [`SELECT redshift.merge_attributes(${literal(name)}, ${json})`], {
      standing: "alone",
    });
  }
  c.accept("column");
  const column = c.identifier();
  if (c.accept("encode")) {
    const json = quoteLiteral(JSON.stringify({ encodings: { [column]: readEncoding(c, column, null) } }));
    return command("ALTER TABLE", [`SELECT redshift.merge_attributes(${literal(name)}, ${json})`], {
      standing: "alone",
    });
  }
  c.expect("type");
  return widen(c, name, column);
}

/** ALTER COLUMN TYPE changes the size of a VARCHAR, nothing else, and never inside a transaction block. */
function widen(c: Cursor, name: ObjectName, column: string): CommandPlan {
  const type = parseType(c);
  if (type.name !== "varchar")
    throw new RefusedByRedshiftError(`ALTER COLUMN TYPE changes the size of VARCHAR columns only, not to ${type.name}`);
  const check = bytesCheck(column, type);
  if (check === null) throw new SqlError(`column "${column}" has no length`);
  const table = sqlName(name);
  return change(
    name,
    [
      `SELECT redshift.require_varchar(${literal(name)}, ${quoteLiteral(column)})`,
      `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${quoteIdentifier(bytesCheckName(column))}`,
      `ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(column)} TYPE ${type.postgres}, ADD ${check}`,
    ],
    "alone",
  );
}
