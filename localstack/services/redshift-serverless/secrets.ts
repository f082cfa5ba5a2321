import {
  CreateSecretCommand,
  DeleteSecretCommand,
  ResourceExistsException,
  DescribeSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { randomBytes } from "node:crypto";

/** Where the service keeps the admin password that it manages itself. */
export interface AdminSecrets {
  /** @returns the ARN of the secret of this name, made if it is not there */
  ensure(name: string, username: string): Promise<string>;
  remove(name: string): Promise<void>;
}

export interface SecretsSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Secrets Manager behind an endpoint (LocalStack). */
export function secretsManager(settings: SecretsSettings): AdminSecrets & { close(): void } {
  const client = new SecretsManagerClient(settings);
  return {
    ensure: async (name, username) => {
      try {
        const SecretString = JSON.stringify({ username, password: randomBytes(24).toString("base64url") });
        const { ARN } = await client.send(new CreateSecretCommand({ Name: name, SecretString }));
        return ARN ?? name;
      } catch (error) {
        if (!(error instanceof ResourceExistsException)) throw error;
        const { ARN } = await client.send(new DescribeSecretCommand({ SecretId: name }));
        return ARN ?? name;
      }
    },
    remove: async (name) => {
      await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
    },
    close: () => client.destroy(),
  };
}
