import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import { MalformedInputError } from "../../core/errors.ts";
import type { PersonalData, Pseudonymise, Seal } from "../../core/personal-data.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param key text of the key as the secret has it */
export function personalDataOf(key: string): PersonalData {
  return { pseudonymise: pseudonymiser(key), seal: sealer(key) };
}

/** HMAC-SHA-256 in lower-case hexadecimal digits. */
function pseudonymiser(key: string): Pseudonymise {
  const secret = createSecretKey(key, "utf8");
  return (text) => createHmac("sha256", secret).update(text, "utf8").digest("hex");
}

/** AES-256-GCM under a key derived from the same secret: nonce, ciphertext and tag in one base64 text. */
function sealer(key: string): Seal {
  const secret = Buffer.from(hkdfSync("sha256", key, "", "millrace seal", 32));
  return {
    close(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, secret, nonce);
      return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString(
        "base64",
      );
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      try {
        const decipher = createDecipheriv(CIPHER, secret, bytes.subarray(0, NONCE_BYTES));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (cause) {
        throw new MalformedInputError("a sealed text cannot be opened: it was sealed with another key", { cause });
      }
    },
  };
}
