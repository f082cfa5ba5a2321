import { tables } from "../../schemas/sources/index.ts";
import { starRows, starTables } from "../../schemas/sql/star-ddl.ts";
import { starViews } from "../../schemas/sql/star-views.ts";
import { newId, sleep } from "../adapters/clock/index.ts";
import { putResponse } from "../adapters/custom-resource/index.ts";
import { createWarehouse } from "../adapters/redshift-data/index.ts";
import { createObjectStore } from "../adapters/s3/index.ts";
import { createTelemetry } from "../adapters/telemetry/index.ts";
import { parseEnvironment } from "../core/env.ts";
import { messageOf } from "../core/errors.ts";
import { retrying } from "../core/retrying.ts";
import { answerCloudFormation, isCloudFormation } from "./custom-resource.ts";
import { migrateWarehouseEnvironment } from "./env.ts";
import { migrateWarehouse } from "./migrate-warehouse.ts";

const env = parseEnvironment(migrateWarehouseEnvironment, process.env);
const definitions = { tables, starTables: starTables(), starRows: starRows(), starViews: starViews() };
const retry = { attempts: 6, sleep, random: Math.random };
const ports = {
  warehouse: createWarehouse({
    workgroup: env.WAREHOUSE_WORKGROUP,
    database: env.WAREHOUSE_DATABASE,
    secretArn: env.WAREHOUSE_SECRET,
  }),
  landing: createObjectStore(env.LANDING_BUCKET),
  telemetry: createTelemetry({ stage: env.STAGE, service: "migrate-warehouse" }),
  newId,
  retry,
};

const migrate = async (): Promise<{ readonly steps: number }> => {
  try {
    return await migrateWarehouse(definitions, ports);
  } catch (error) {
    ports.telemetry.error(messageOf(error));
    throw error;
  }
};

/** Keeps the warehouse's schema in step with the definitions: at each deployment, or when invoked directly. */
export const handler = async (event: unknown): Promise<{ readonly steps: number } | undefined> => {
  if (!isCloudFormation(event)) return migrate();
  await answerCloudFormation(event, migrate, (url, response) => retrying(() => putResponse(url, response), retry));
  return undefined;
};
