import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import type { ISubnet } from "aws-cdk-lib/aws-ec2";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { StageConfig } from "../config.ts";
import { acknowledge } from "./acknowledge.ts";

export interface NetworkProps {
  readonly config: StageConfig;
  /** Receives the flow logs. */
  readonly logs: IBucket;
}

/**
 * Functions that talk to MySQL or Kafka run here, besides the brokers and the warehouse. There is no way to the
 * internet: S3 by gateway, and one interface endpoint for each service that something in here calls.
 */
const SERVICES = {
  /** capture-changes invokes its next run; event pollers invoke land-batch. */
  Lambda: InterfaceVpcEndpointAwsService.LAMBDA,
  /** Event pollers assume the function's role. */
  Sts: InterfaceVpcEndpointAwsService.STS,
  /** The source's user, the warehouse's. */
  SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  /** GetBootstrapBrokers. */
  Kafka: new InterfaceVpcEndpointAwsService("kafka"),
  /** measure-lag asks the warehouse. */
  RedshiftData: InterfaceVpcEndpointAwsService.REDSHIFT_DATA,
} as const;

const HTTPS = Port.tcp(443);

/** The VPC and one security group per client role: the pipeline attaches them and never opens a server itself. */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly subnets: readonly ISubnet[];
  /** May reach the brokers. */
  readonly kafkaClients: SecurityGroup;
  /** May reach the source database. */
  readonly sourceClients: SecurityGroup;
  /** May call AWS services through the endpoints. */
  readonly serviceClients: SecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { config } = props;
    this.vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr(config.cidr),
      availabilityZones: [...config.zones],
      natGateways: 0,
      subnetConfiguration: [{ name: "Isolated", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
      // The default group is not used by anything; restricting it needs a Lambda-backed resource of its own.
      restrictDefaultSecurityGroup: false,
    });
    acknowledge(this.vpc, {
      "CloudFormation-Validate::W3010":
        "Zones are named, so that synth needs no account and three are sure to be there.",
    });
    this.subnets = this.vpc.isolatedSubnets;
    this.vpc.addFlowLog("FlowLog", {
      destination: FlowLogDestination.toS3(props.logs, "flow"),
      trafficType: FlowLogTrafficType.REJECT,
    });
    this.vpc.addGatewayEndpoint("S3", { service: GatewayVpcEndpointAwsService.S3 });

    this.kafkaClients = this.group("KafkaClients", "May reach the Kafka brokers");
    this.serviceClients = this.group("ServiceClients", "May call AWS services through the VPC endpoints");
    this.sourceClients = new SecurityGroup(this, "SourceClients", {
      vpc: this.vpc,
      description: "May reach the source database",
      allowAllOutbound: false,
    });
    const servers = config.sources.flatMap((source) => [source, ...(source.replicas ?? [])]);
    for (const port of new Set(servers.map((server) => server.port))) {
      this.sourceClients.addEgressRule(Peer.anyIpv4(), Port.tcp(port), "The source database");
    }
    this.addEndpoints(config.cidr);
  }

  private addEndpoints(cidr: string): void {
    const endpoints = this.group("Endpoints", "Endpoints of AWS services");
    endpoints.addIngressRule(this.serviceClients, HTTPS, "Functions");
    // Event pollers carry the security groups of the brokers, which are in this VPC.
    endpoints.addIngressRule(Peer.ipv4(cidr), HTTPS, "Event pollers");
    for (const [name, service] of Object.entries(SERVICES)) {
      this.vpc.addInterfaceEndpoint(name, {
        service,
        securityGroups: [endpoints],
        subnets: { subnets: [...this.subnets] },
        open: false,
      });
    }
  }

  private group(id: string, description: string): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description });
  }
}
