import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { ConfigurationError, messageOf } from "../../core/errors.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Shorter keys than the hash's block of output are weaker than it. */
const SHORTEST_KEY = 32;

const credentials = z.object({ username: z.string().min(1), password: z.string() });

/**
 * The user and password of a secret.
 * @throws ConfigurationError that names the secret; never with any of its text
 */
export async function readCredentials(
  secretId: string,
  client: SecretsManagerClient = new SecretsManagerClient(),
): Promise<Credentials> {
  const parsed = credentials.safeParse(await readJson(secretId, client));
  if (!parsed.success) {
    throw new ConfigurationError(`secret ${secretId} must be JSON {"username": "...", "password": "..."}`);
  }
  return parsed.data;
}

const personalDataKey = z.object({ key: z.string().min(SHORTEST_KEY) });

/**
 * The key under which personal data is hashed and sealed.
 * @throws ConfigurationError that names the secret; never with any of its text
 */
export async function readPersonalDataKey(
  secretId: string,
  client: SecretsManagerClient = new SecretsManagerClient(),
): Promise<string> {
  const parsed = personalDataKey.safeParse(await readJson(secretId, client));
  if (!parsed.success) {
    throw new ConfigurationError(
      `secret ${secretId} must be JSON {"key": "..."} with at least ${SHORTEST_KEY} characters: put back the key that the data stack generated`,
    );
  }
  return parsed.data.key;
}

async function readJson(secretId: string, client: SecretsManagerClient): Promise<unknown> {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((error: unknown) => {
      throw new ConfigurationError(`secret ${secretId} cannot be read: ${messageOf(error)}`, { cause: error });
    });
  return parseJson(SecretString ?? "");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
