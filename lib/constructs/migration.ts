import { CustomResource, Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { migrateWarehouseEnvironment } from "../../lambdas/migrate-warehouse/env.ts";
import type { DataPlane } from "./data-plane.ts";
import { LANDING_PREFIXES, landingVariables } from "./data-plane.ts";
import { NodeFunction } from "./node-function.ts";

export interface MigrationProps {
  readonly plane: DataPlane;
  /** Changes when a definition changes: then, and only then, a deployment migrates. */
  readonly definitions: string;
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
    const prefixes = [LANDING_PREFIXES.definitions, LANDING_PREFIXES.state];
    plane.landing.grantObjects(migrate, ["read", "write"], prefixes);
    plane.landing.grantList(migrate, prefixes);

    this.done = new CustomResource(this, "Warehouse", {
      resourceType: "Custom::WarehouseSchema",
      serviceToken: migrate.functionArn,
      serviceTimeout: Duration.seconds(plane.config.functions["migrate-warehouse"].timeoutSeconds),
      properties: { Definitions: props.definitions },
    });
  }
}
