import type { Cursor } from "../cursor.ts";
import { UnsupportedSqlError } from "../errors.ts";
import { quoteLiteral, sqlName } from "../identifiers.ts";
import { command, type CommandPlan } from "../plan.ts";
import { columnList, query } from "../query.ts";
import { userRelation } from "../relations.ts";

/**
 * CREATE [OR REPLACE] VIEW. WITH NO SCHEMA BINDING makes a late-binding view: it is kept as text and bound again
 * whenever what it reads was changed, dropped or created (compat/late-views.ts).
 */
export function createView(c: Cursor): CommandPlan {
  c.expect("create");
  const replace = c.accept("or", "replace");
  if (c.at("materialized")) throw new UnsupportedSqlError("CREATE MATERIALIZED VIEW");
  c.expect("view");
  if (c.at("if")) throw c.unexpected("a view name");
  const name = userRelation(c.objectName());
  const columns = c.atOperator("(") ? ` ${columnList(c)}` : "";
  c.expect("as");
  const body = query(c);
  const view = quoteLiteral(sqlName(name));
  if (c.accept("with", "no", "schema", "binding")) {
    const create = quoteLiteral(`CREATE VIEW ${sqlName(name)}${columns} AS ${body}`);
    return command("CREATE VIEW", [`SELECT redshift.create_late_view(${view}, ${create}, ${String(replace)})`]);
  }
  const sqls = [
    ...(replace ? [`SELECT redshift.release_late_views(${view})`, `SELECT redshift.forget_late_view(${view})`] : []),
    `CREATE ${replace ? "OR REPLACE " : ""}VIEW ${sqlName(name)}${columns} AS ${body}`,
    "SELECT redshift.bind_late_views()",
  ];
  return command("CREATE VIEW", sqls);
}

/** DROP TABLE | VIEW | SCHEMA. */
export function drop(c: Cursor): CommandPlan {
  c.expect("drop");
  const kind = c.next().value;
  if (kind === "schema") return dropSchema(c);
  if (kind !== "table" && kind !== "view") throw new UnsupportedSqlError(`DROP ${kind.toUpperCase()}`);
  const ifExists = c.accept("if", "exists") ? "IF EXISTS " : "";
  const names = c.list(() => userRelation(c.objectName()));
  const cascade = c.accept("cascade") ? " CASCADE" : (c.accept("restrict"), "");
  const tag = `DROP ${kind.toUpperCase()}`;
  const release = names.map((name) => `SELECT redshift.release_late_views(${quoteLiteral(sqlName(name))})`);
  if (kind === "table")
    return command(tag, [...release, `DROP TABLE ${ifExists}${names.map(sqlName).join(", ")}${cascade}`]);
  const drops = names.map(
    (name) =>
      `SELECT redshift.drop_view(${quoteLiteral(sqlName(name))}, ${String(ifExists !== "")}, ${String(cascade !== "")})`,
  );
  return command(tag, [...release, ...drops]);
}

function dropSchema(c: Cursor): CommandPlan {
  const ifExists = c.accept("if", "exists") ? "IF EXISTS " : "";
  const names = c.list(() => userRelation({ schema: c.identifier(), name: "" }).schema ?? "");
  const cascade = c.accept("cascade") ? " CASCADE" : (c.accept("restrict"), "");
  const sqls = names.flatMap((name) => [
    `SELECT redshift.forget_late_views_in(${quoteLiteral(name)})`,
    `DROP SCHEMA ${ifExists}${sqlName({ schema: null, name })}${cascade}`,
  ]);
  return command("DROP SCHEMA", sqls);
}
