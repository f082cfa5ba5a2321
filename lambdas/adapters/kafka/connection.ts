import { GetBootstrapBrokersCommand, KafkaClient } from "@aws-sdk/client-kafka";
import { generateAuthToken } from "aws-msk-iam-sasl-signer-js";
import { ConfigurationError } from "../../core/errors.ts";

/** How brokers ask who one is: a value of the stage, not of the code. `iam` is TLS with SASL/OAUTHBEARER. */
export type KafkaAuth = "iam" | "none";

export interface KafkaConnection {
  /** `host:port` of each bootstrap broker. */
  readonly brokers: readonly string[];
  readonly auth: KafkaAuth;
  readonly region: string;
}

/** CloudFormation does not tell the bootstrap string: MSK is asked at run time. @throws ConfigurationError without one */
export async function connectionOf(
  clusterArn: string,
  auth: KafkaAuth,
  client: KafkaClient = new KafkaClient(),
): Promise<KafkaConnection> {
  const answer = await client.send(new GetBootstrapBrokersCommand({ ClusterArn: clusterArn }));
  const text = auth === "iam" ? answer.BootstrapBrokerStringSaslIam : answer.BootstrapBrokerString;
  if (text === undefined || text === "") {
    throw new ConfigurationError(
      `cluster ${clusterArn} has no listener for authentication '${auth}'; set KAFKA_AUTH to one it has`,
    );
  }
  return { brokers: text.split(","), auth, region: await client.config.region() };
}

/** A fresh OAUTHBEARER token (15 minutes). https://github.com/aws/aws-msk-iam-sasl-signer-js */
export async function iamToken(region: string): Promise<{ readonly value: string; readonly expiresAt: number }> {
  const { token, expiryTime } = await generateAuthToken({ region });
  return { value: token, expiresAt: expiryTime };
}
