import type { Node } from "constructs";
import type { AnyTable } from "../schemas/model/table.ts";

/** A source database: referenced, never created. */
export interface SourceConfig {
  /**
   * Logical name in every record's `source.name` and in the checkpoint's key: lower-case letters, digits, dashes. A
   * source that is renamed is another one, without a checkpoint.
   */
  readonly name: string;
  /** Overridden by context `sourceHost` (the first source), `sourceHost.<name>` (any). */
  readonly host: string;
  /** Overridden by context `sourcePort` (the first source), `sourcePort.<name>` (any). */
  readonly port: number;
  /** Secrets Manager name of `{"username","password"}`; sources may share one. */
  readonly secretName: string;
  readonly tls: "required" | "off";
  /**
   * Areas (folders of schemas/sources) whose tables this server has; an area belongs to one source.
   * @default - all areas that no other source names; one source may leave it out
   */
  readonly areas?: readonly string[];
  /**
   * Replicas of this server whose lag makes copies wait (`capture.maxReplicaLagSeconds`): those that people read from.
   * Asked as the source's user, who needs REPLICATION CLIENT there (MariaDB: SLAVE MONITOR). Replicas that are delayed
   * on purpose do not belong here.
   * @default - none: a server does not know how far its replicas are
   */
  readonly replicas?: readonly { readonly host: string; readonly port: number }[];
}

type Sources = readonly [SourceConfig, ...SourceConfig[]];

/** A source with the areas that it feeds worked out, and its place in the stage's list. */
export interface FeedingSource extends SourceConfig {
  readonly areas: readonly string[];
  readonly index: number;
}

/** Part of keys, of metrics and, in camel case, of logical ids. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * The sources with the places that context gives: `sourceHost` and `sourcePort` are the first one's,
 * `sourceHost.<name>` and `sourcePort.<name>` any one's.
 * @throws Error that names the value received and what is allowed
 */
export function placedSources([first, ...others]: Sources, node: Pick<Node, "tryGetContext">): Sources {
  return [
    placed(placed(first, node, ""), node, `.${first.name}`),
    ...others.map((source) => placed(source, node, `.${source.name}`)),
  ];
}

function placed(source: SourceConfig, node: Pick<Node, "tryGetContext">, suffix: string): SourceConfig {
  const host: unknown = node.tryGetContext(`sourceHost${suffix}`) ?? source.host;
  const given: unknown = node.tryGetContext(`sourcePort${suffix}`);
  const port = Number(given ?? source.port);
  if (typeof host !== "string" || host === "") {
    throw new Error(`Context sourceHost${suffix} must be a host name or an address`);
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`Context sourcePort${suffix} must be a port, 1 to 65535, not "${String(given)}"`);
  }
  return { ...source, host, port };
}

/**
 * Which source feeds which areas.
 * @throws Error that lists every area without a source or with two, and every source that cannot be
 */
export function feedingSources(sources: Sources, tables: readonly AnyTable[]): readonly FeedingSource[] {
  const areas = [...new Set(tables.map(({ area }) => area.name))];
  const named = new Set(sources.flatMap((source) => source.areas ?? []));
  const rest = areas.filter((area) => !named.has(area));
  const feeding = sources.map((source, index) => ({ ...source, index, areas: source.areas ?? rest }));
  const problems = [
    ...sources.flatMap(({ name }) =>
      NAME.test(name) ? [] : [`source "${name}": a name has lower-case letters and digits, in parts joined by dashes`],
    ),
    ...twice(sources.map(({ name }) => name)).map((name) => `two sources are called ${name}`),
    ...(sources.filter((source) => source.areas === undefined).length > 1
      ? ["only one source may leave out its areas: name them at the others"]
      : twice(feeding.flatMap((source) => [...source.areas])).map(
          (area) => `area ${area} has two sources: name it at one of them`,
        )),
    ...feeding.flatMap((source) => [
      ...(source.areas.length === 0 ? [`source ${source.name} feeds no area: name its areas, or remove it`] : []),
      ...source.areas
        .filter((area) => !areas.includes(area))
        .map((area) => `source ${source.name} feeds area ${area}, which has no tables in schemas/sources`),
    ]),
    ...feeding.flatMap((source) =>
      twice(databasesOf(source.areas, tables)).map(
        (database) => `source ${source.name} has two areas for its database ${database}: it would be captured twice`,
      ),
    ),
    ...rest
      .filter((area) => !feeding.some((source) => source.areas.includes(area)))
      .map((area) => `area ${area} has no source: name it in the areas of one`),
  ];
  if (problems.length > 0) throw new Error(`The sources in lib/config.ts do not fit: ${problems.join("; ")}`);
  return feeding;
}

/** One for each area. */
const databasesOf = (areas: readonly string[], tables: readonly AnyTable[]): readonly string[] =>
  areas.flatMap((name) => tables.find(({ area }) => area.name === name)?.area.database ?? []);

const twice = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, i) => values.indexOf(value) !== i)),
];

/** `orders-eu` as a part of logical ids: `OrdersEu`. */
export const camelCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
