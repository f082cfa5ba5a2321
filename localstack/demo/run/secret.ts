import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { localClients } from "../../../cli/target.ts";
import { parseSourceUrl } from "../source/connection.ts";
import { STAGE } from "./deploy.ts";

/** The stacks refer to the source's secret by name and do not create it: on AWS an operator does this. */
export async function createSourceSecret(endpoint: string, captureUrl: string): Promise<void> {
  const client = new SecretsManagerClient(localClients(endpoint));
  const { username, password } = parseSourceUrl(captureUrl);
  try {
    await client.send(
      new CreateSecretCommand({
        Name: `millrace/${STAGE}/source`,
        SecretString: JSON.stringify({ username, password }),
      }),
    );
  } finally {
    client.destroy();
  }
}
