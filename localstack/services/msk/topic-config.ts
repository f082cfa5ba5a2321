import { AwsError } from "../aws-error.ts";

export type TopicConfig = Readonly<Record<string, string>>;

/** Reads what MSK takes for `configs`: base64 of `key=value` lines, `#` for comments. */
export function decodeConfigs(base64: string): TopicConfig {
  const text = Buffer.from(base64, "base64").toString("utf8");
  if (Buffer.from(text, "utf8").toString("base64").replace(/=+$/, "") !== base64.replace(/\s|=+$/g, "")) {
    throw badConfigs("configs is not the base64 of text.");
  }
  const config: Record<string, string> = {};
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf("=");
    if (at < 1) throw badConfigs(`configs has the line '${line}', which is not key=value.`);
    config[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return config;
}

/** The other way round, sorted by key so that equal configs are equal text. */
export function encodeConfigs(config: TopicConfig): string {
  const lines = Object.keys(config)
    .sort()
    .map((key) => `${key}=${config[key] ?? ""}`);
  return Buffer.from(lines.join("\n"), "utf8").toString("base64");
}

/** With fewer brokers than on AWS, more in-sync replicas than brokers would refuse every acks=all write: it is capped. */
export function fitToBrokers(config: TopicConfig, brokers: number): TopicConfig {
  const asked = Number(config["min.insync.replicas"]);
  return asked > brokers ? { ...config, "min.insync.replicas": String(brokers) } : config;
}

function badConfigs(message: string): AwsError {
  return new AwsError("BadRequestException", message, 400, { invalidParameter: "configs" });
}
