import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { ConfigurationError, messageOf } from "../../core/errors.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const credentials = z.object({ username: z.string().min(1), password: z.string() });

/**
 * The user and password of a secret.
 * @throws ConfigurationError that names the secret; never with any of its text
 */
export async function readCredentials(
  secretId: string,
  client: SecretsManagerClient = new SecretsManagerClient(),
): Promise<Credentials> {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((error: unknown) => {
      throw new ConfigurationError(`secret ${secretId} cannot be read: ${messageOf(error)}`, { cause: error });
    });
  const parsed = credentials.safeParse(parseJson(SecretString ?? ""));
  if (!parsed.success) {
    throw new ConfigurationError(`secret ${secretId} must be JSON {"username": "...", "password": "..."}`);
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
