import { createHash } from "node:crypto";
import { CustomResource, Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { migrateWarehouseEnvironment } from "../../lambdas/migrate-warehouse/env.ts";
import type { AnyTable } from "../../schemas/model/table.ts";
import { starDdl } from "../../schemas/sql/star-ddl.ts";
import { starViewDdl } from "../../schemas/sql/star-views.ts";
import { sourceView, tableSpecs } from "../../schemas/sql/tables.ts";
import type { DataPlane } from "./data-plane.ts";
import { LANDING_PREFIXES, landingVariables } from "./data-plane.ts";
import { NodeFunction } from "./node-function.ts";

export interface MigrationProps {
  readonly plane: DataPlane;
  readonly tables: readonly AnyTable[];
}

/** Changes with anything that the migrator makes: then, and only then, a deployment migrates. */
function schemaHash(tables: readonly AnyTable[]): string {
  const schema = [tables.flatMap(tableSpecs), tables.map(sourceView), starDdl(), starViewDdl()];
  return createHash("sha256").update(JSON.stringify(schema)).digest("hex");
}

/** Brings the warehouse's schema up to the definitions at every deployment that changes them. */
export class Migration extends Construct {
  readonly migrateWarehouse: IFunction;
  /** What needs the warehouse's tables depends on this. */
  readonly done: CustomResource;

  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    const { plane } = props;
    const migrate = new NodeFunction(this, "MigrateWarehouse", {
      config: plane.config,
      name: "migrate-warehouse",
      description: "Adds to the warehouse what the definitions have and it lacks; refuses anything else",
      contract: migrateWarehouseEnvironment,
      environment: { ...plane.warehouse.environment, ...landingVariables(plane) },
    }).function;
    this.migrateWarehouse = migrate;
    plane.warehouse.grantStatements(migrate);
    plane.landing.grantObjects(migrate, ["write"], [LANDING_PREFIXES.definitions]);

    this.done = new CustomResource(this, "Warehouse", {
      resourceType: "Custom::WarehouseSchema",
      serviceToken: migrate.functionArn,
      serviceTimeout: Duration.seconds(plane.config.functions["migrate-warehouse"].timeoutSeconds),
      properties: { Schema: schemaHash(props.tables) },
    });
  }
}
