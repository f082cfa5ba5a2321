/**
 * How each resource type of the local templates is stood in for. A type that is not here fails a test; nothing is
 * skipped in silence.
 *
 * - real: does here what it does on AWS, as far as localstack/README.md says
 * - recorded: accepted, kept and described by the API, and without effect here
 */
export interface StandIn {
  readonly kind: "real" | "recorded";
  /** Who keeps it: LocalStack itself, the extension, or the project's services behind `POST /cfn`. */
  readonly by: "localstack" | "extension" | "services";
  /** What a reader must know before trusting it. */
  readonly note?: string;
}

const real = (by: StandIn["by"], note?: string): StandIn => ({ kind: "real", by, note });
const recorded = (by: StandIn["by"], note: string): StandIn => ({ kind: "recorded", by, note });

const network = recorded("localstack", "there is no network to shape: every process reaches 127.0.0.1");
const policy = recorded("localstack", "policies are kept and never deny");

export const resourceTypes: Readonly<Record<string, StandIn>> = {
  "AWS::CloudWatch::Alarm": real("localstack", "evaluated on one metric; metric math and percentiles are only kept"),
  "AWS::CloudWatch::Dashboard": real("extension", "kept and read by the API; nothing draws it"),
  "AWS::EC2::FlowLog": recorded("extension", "no traffic is logged"),
  "AWS::EC2::RouteTable": network,
  "AWS::EC2::SecurityGroup": network,
  "AWS::EC2::SecurityGroupEgress": { ...network, by: "extension" },
  "AWS::EC2::SecurityGroupIngress": { ...network, by: "extension" },
  "AWS::EC2::Subnet": network,
  "AWS::EC2::SubnetRouteTableAssociation": network,
  "AWS::EC2::VPC": network,
  "AWS::EC2::VPCEndpoint": network,
  "AWS::IAM::ManagedPolicy": policy,
  "AWS::IAM::Policy": policy,
  "AWS::IAM::Role": real("localstack", "assumed, and allowed everything"),
  "AWS::KMS::Alias": real("localstack"),
  "AWS::KMS::Key": real("localstack", "S3 and SQS do not encrypt with it"),
  "AWS::Lambda::Alias": real("localstack"),
  "AWS::Lambda::EventInvokeConfig": real("localstack"),
  "AWS::Lambda::EventSourceMapping": real(
    "services",
    "MSK by the services' worker, SQS by LocalStack and the extension",
  ),
  "AWS::Lambda::Function": real("extension", "a process of this machine, on its own processor"),
  "AWS::Lambda::Permission": policy,
  "AWS::Lambda::Version": real("localstack"),
  "AWS::Logs::LogGroup": real("localstack", "nothing expires"),
  "AWS::Logs::MetricFilter": recorded("extension", "no metric is extracted"),
  "AWS::MSK::Cluster": real("services", "one broker without TLS, whatever the number asked for"),
  "AWS::MSK::Configuration": real("services", "kept and described; the broker runs with its own"),
  "AWS::MSK::Topic": real("services"),
  "AWS::RedshiftServerless::Namespace": real("services"),
  "AWS::RedshiftServerless::Workgroup": real("services", "capacity is kept and without effect"),
  "AWS::S3::Bucket": real("localstack", "lifecycle rules and default encryption are kept and without effect"),
  "AWS::S3::BucketPolicy": policy,
  "AWS::SNS::Subscription": recorded("localstack", "no mail is sent"),
  "AWS::SNS::Topic": real("localstack"),
  "AWS::SNS::TopicPolicy": policy,
  "AWS::SQS::Queue": real("localstack"),
  "AWS::SQS::QueuePolicy": policy,
  "AWS::Scheduler::Schedule": real("services", "kept by LocalStack, fired by the services' worker"),
  "AWS::Scheduler::ScheduleGroup": real("localstack"),
  "AWS::SecretsManager::Secret": real("localstack"),
  "AWS::StepFunctions::StateMachine": real("localstack", "JSONPath only"),
};

/** @returns how a type is stood in for; every custom resource runs its own function, so all of them are real. */
export function standInOf(type: string): StandIn | undefined {
  return type.startsWith("Custom::") ? real("extension") : resourceTypes[type];
}
