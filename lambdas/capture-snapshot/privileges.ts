import type { AnyTable } from "../../schemas/model/table.ts";
import { accountOf } from "../core/account.ts";
import type { ServerFacts } from "../core/capture-ports.ts";

/** One line of SHOW GRANTS: upper-case privileges on a scope. */
interface Grant {
  readonly privileges: ReadonlySet<string>;
  /** Tells whether the grant counts for a table; null: for the whole database. */
  readonly covers: (db: string, table: string | null) => boolean;
  readonly global: boolean;
}

/**
 * What the capture's user may not do, each with the GRANT. MySQL calls the rights REPLICATION SLAVE and REPLICATION
 * CLIENT; MariaDB renamed the second BINLOG MONITOR in 10.5.
 */
export function privilegeProblems({ flavour, grants, user }: ServerFacts, tables: readonly AnyTable[]): string[] {
  const held = grants.flatMap(readGrant);
  const may = (...names: string[]): boolean => held.some((grant) => grant.global && allows(grant, names));
  const replication = [
    ...(may("REPLICATION SLAVE", "REPLICATION REPLICA") ? [] : ["REPLICATION SLAVE"]),
    ...(may("REPLICATION CLIENT", "BINLOG MONITOR", "SUPER")
      ? []
      : [flavour === "mariadb" ? "BINLOG MONITOR" : "REPLICATION CLIENT"]),
  ];
  const unreadable = unreadableTables({ grants }, tables);
  return [
    ...(replication.length === 0 ? [] : [`${replication.join(", ")} ON *.*`]),
    ...[...new Set(unreadable.map((table) => table.area.database))].map((db) => `SELECT ON ${db}.*`),
  ].map((right) => `User ${user} lacks ${right}. Run: GRANT ${right} TO ${accountOf(user)}.`);
}

/** Those of the rights that the user does not have on a whole database. */
export function lackingOn(
  database: string,
  rights: readonly string[],
  { grants }: Pick<ServerFacts, "grants">,
): string[] {
  const held = grants.flatMap(readGrant);
  return rights.filter((right) => !held.some((grant) => grant.covers(database, null) && allows(grant, [right])));
}

/** Tables that the user has no SELECT on; the server does not show them either, so they seem not to exist. */
export function unreadableTables({ grants }: Pick<ServerFacts, "grants">, tables: readonly AnyTable[]): AnyTable[] {
  const held = grants.flatMap(readGrant);
  return tables.filter(
    ({ area, source }) => !held.some((grant) => grant.covers(area.database, source) && allows(grant, ["SELECT"])),
  );
}

const allows = ({ privileges }: Grant, names: readonly string[]): boolean =>
  privileges.has("ALL PRIVILEGES") || names.some((name) => privileges.has(name));

const LINE =
  /^GRANT (.+) ON (?:TABLE )?(`(?:[^`]|``)*`|"(?:[^"]|"")*"|[^\s.]+)\.(`(?:[^`]|``)*`|"(?:[^"]|"")*"|\S+) TO /i;

/** Lines of roles and of routines carry no right that capture needs. */
function readGrant(line: string): Grant[] {
  const [, privileges, database, table] = LINE.exec(line) ?? [];
  if (privileges === undefined || database === undefined || table === undefined) return [];
  const db = database === "*" ? null : databasePattern(unquoted(database));
  const name = table === "*" ? null : unquoted(table);
  return [
    {
      // A right on single columns, `SELECT (a, b)`, does not read a table.
      privileges: new Set(privileges.split(/,(?![^(]*\))/).map((privilege) => privilege.trim().toUpperCase())),
      global: db === null,
      covers: (inDb, inTable) => (db?.test(inDb) ?? true) && (name === null || name === inTable),
    },
  ];
}

const unquoted = (name: string): string => {
  const quote = name[0];
  return quote === "`" || quote === '"' ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
};

/** In a grant, `%` and `_` of a database's name stand for others unless escaped. */
function databasePattern(name: string): RegExp {
  const parts = name.match(/\\.|[^]/g) ?? [];
  const source = parts.map((part) => {
    if (part === "%") return ".*";
    if (part === "_") return ".";
    return (part.length === 2 ? part.slice(1) : part).replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "is");
}
