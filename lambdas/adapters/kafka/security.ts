import type { KafkaConfig } from "kafkajs";
import { iamToken } from "./connection.ts";
import type { KafkaConnection } from "./connection.ts";

/** kafkajs settings for the stage's way of authentication. */
export function securityOf({ auth, region }: KafkaConnection): Pick<KafkaConfig, "ssl" | "sasl"> {
  if (auth === "none") return {};
  const oauthBearerProvider = async (): Promise<{ value: string }> => ({ value: (await iamToken(region)).value });
  return { ssl: true, sasl: { mechanism: "oauthbearer", oauthBearerProvider } };
}
