import { shapeHash } from "../../schemas/hash.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { tables as captured } from "../../schemas/sources/index.ts";
import { now } from "../adapters/clock/index.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { createCopyRuns } from "../adapters/states/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import { parseEnvironment } from "../core/env.ts";
import { tablesOfAreas } from "../core/source-tables.ts";
import { resyncTablesEnvironment } from "./env.ts";
import { resyncTables } from "./resync-tables.ts";
import type { ResyncTablesOutcome } from "./resync-tables.ts";

const env = parseEnvironment(resyncTablesEnvironment, process.env);
const tables = tablesOfAreas(env.SOURCE_AREAS, captured);
const settings = {
  tables: new Map(tables.map((table) => [qualifiedName(table), shapeHash(table)])),
  gapGraceSeconds: env.GAP_GRACE_SECONDS,
  retrySeconds: env.RETRY_SECONDS,
};
const ports = {
  state: createObjectStore(env.LANDING_BUCKET),
  copies: createCopyRuns(env.COPY_MACHINE_ARN),
  telemetry: createTelemetry({ stage: env.STAGE, service: "resync-tables" }),
  now,
};

/** Once a minute: starts the resync of tables that cannot be made right from the log. */
export const handler = async (): Promise<ResyncTablesOutcome> => resyncTables(settings, ports);
