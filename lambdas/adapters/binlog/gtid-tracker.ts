/** Adds up the GTIDs of committed transactions to what a replica would say it has executed. */
export interface GtidTracker {
  add(gtid: string): void;
  /** The set (MySQL) or position (MariaDB) executed so far. */
  text(): string;
}

/** MariaDB: the last transaction of each domain. */
function mariadbTracker(start: string): GtidTracker {
  const domains = new Map<string, string>();
  const add = (gtid: string): void => {
    domains.set(gtid.slice(0, gtid.indexOf("-")), gtid);
  };
  for (const part of start.split(",")) if (part.trim() !== "") add(part.trim());
  return { add, text: () => [...domains.values()].join(",") };
}

type Interval = [first: number, last: number];

/** Inserts one number into sorted intervals, joining neighbours. */
function insert(intervals: Interval[], n: number): void {
  const last = intervals.at(-1);
  // The common case: the next number of the newest interval.
  if (last !== undefined && n === last[1] + 1) {
    last[1] = n;
    return;
  }
  let at = intervals.findIndex(([, to]) => to >= n - 1);
  if (at < 0) at = intervals.length;
  const found = intervals[at];
  if (found === undefined || n < found[0] - 1) {
    intervals.splice(at, 0, [n, n]);
    return;
  }
  found[0] = Math.min(found[0], n);
  found[1] = Math.max(found[1], n);
  const next = intervals[at + 1];
  if (next !== undefined && next[0] <= found[1] + 1) {
    found[1] = Math.max(found[1], next[1]);
    intervals.splice(at + 1, 1);
  }
}

function mysqlTracker(start: string): GtidTracker {
  const sets = new Map<string, Interval[]>();
  for (const member of start.split(",")) {
    const [uuid = "", ...parts] = member.trim().toLowerCase().split(":");
    // What follows a tag belongs to it: `uuid:1-5:backup:1`. Each tag is kept as a member of its own.
    let source = uuid;
    for (const part of parts) {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
      if (first === undefined) source = `${uuid}:${part}`;
      else sets.set(source, [...(sets.get(source) ?? []), [Number(first), Number(last)]]);
    }
  }
  return {
    add: (gtid) => {
      const colon = gtid.lastIndexOf(":");
      const uuid = gtid.slice(0, colon);
      const intervals = sets.get(uuid) ?? [];
      if (intervals.length === 0) sets.set(uuid, intervals);
      insert(intervals, Number(gtid.slice(colon + 1)));
    },
    text: () =>
      [...sets]
        .map(([uuid, intervals]) => `${uuid}:${intervals.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(":")}`)
        .join(","),
  };
}

/** @param start what was executed before; as the anchor or the checkpoint has it */
export function gtidTracker(flavour: "mysql" | "mariadb", start: string): GtidTracker {
  return flavour === "mariadb" ? mariadbTracker(start) : mysqlTracker(start);
}
