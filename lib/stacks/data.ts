import { Annotations, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import type { StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { AnyTable } from "../../schemas/model/table.ts";
import type { StageConfig } from "../config.ts";
import { DataBucket } from "../constructs/data-bucket.ts";
import { LANDING_PREFIXES } from "../constructs/data-plane.ts";
import { KafkaCluster } from "../constructs/kafka-cluster.ts";
import { Network } from "../constructs/network.ts";
import { PersonalDataKey } from "../constructs/personal-data-key.ts";
import { TableTopics } from "../constructs/table-topics.ts";
import { Warehouse } from "../constructs/warehouse.ts";

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
  /** Every captured table: one topic each. */
  readonly tables: readonly AnyTable[];
}

/** Progress of reconciliations names rows that differ by their keys; results for longer are in ops.reconciliation. */
const RECONCILE_DAYS = 30;

/** What holds bytes: network, brokers, buckets, warehouse. It outlives every change of the pipeline. */
export class DataStack extends Stack {
  readonly network: Network;
  readonly cluster: KafkaCluster;
  readonly landing: DataBucket;
  readonly quarantine: DataBucket;
  readonly warehouse: Warehouse;
  readonly personalDataKey: PersonalDataKey;
  private readonly zones: readonly string[];

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { config } = props;
    this.zones = config.zones;
    const removalPolicy = this.removalPolicy(config);

    const logs = new DataBucket(this, "Logs", { retentionDays: { "": config.logRetentionDays }, removalPolicy }).bucket;
    this.landing = new DataBucket(this, "Landing", {
      retentionDays: {
        [LANDING_PREFIXES.landing]: config.landing.retentionDays,
        [LANDING_PREFIXES.manifests]: config.landing.retentionDays,
        [LANDING_PREFIXES.reconcile]: RECONCILE_DAYS,
      },
      removalPolicy,
      logs,
    });
    this.quarantine = new DataBucket(this, "Quarantine", {
      retentionDays: { "": config.quarantine.retentionDays },
      removalPolicy,
      logs,
    });

    this.network = new Network(this, "Network", { config, logs });
    this.cluster = new KafkaCluster(this, "Kafka", { config, network: this.network, logs, removalPolicy });
    new TableTopics(this, "Topics", {
      cluster: this.cluster,
      kafka: config.kafka,
      tables: props.tables,
      removalPolicy,
    });
    this.warehouse = new Warehouse(this, "Warehouse", {
      config,
      network: this.network,
      landing: this.landing,
      copyPrefixes: [LANDING_PREFIXES.landing, LANDING_PREFIXES.manifests],
      removalPolicy,
    });
    this.personalDataKey = new PersonalDataKey(this, "PersonalDataKey", { removalPolicy });
    this.addOutputs();
  }

  /** Named zones: the account is never asked for its own, so synth stays offline. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }

  /** Deleting data takes two keys: the stage's record and the command line. */
  private removalPolicy(config: StageConfig): RemovalPolicy {
    if (config.removal.data === "retain") return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    if (this.node.tryGetContext("deleteData") === config.stage) return RemovalPolicy.DESTROY;
    Annotations.of(this).addInfoV2(
      "millrace:data-retained",
      `Data is kept when ${this.stackName} is deleted; -c deleteData=${config.stage} lets it go with the stack`,
    );
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  }

  /** What the command line and operators look up. */
  private addOutputs(): void {
    const outputs = {
      LandingBucket: this.landing.bucket.bucketName,
      QuarantineBucket: this.quarantine.bucket.bucketName,
      ClusterArn: this.cluster.arn,
      Workgroup: this.warehouse.workgroupName,
      Database: this.warehouse.database,
      WarehouseSecret: this.warehouse.secretName,
      PersonalDataSecret: this.personalDataKey.secretArn,
      // For a peering or transit gateway to the source's network, and for its firewall.
      VpcId: this.network.vpc.vpcId,
      SourceClientsGroup: this.network.sourceClients.securityGroupId,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
