import { CadenceError } from "#core/errors.ts";
import { readKeyFile } from "../volume/key-file.ts";

const keyLength = 32;

/** The key of `encryptedCodec` out of an option: 64 hexadecimal digits or base64 of 32 bytes. Throws STORE_KEY_WRONG, which never shows what was given. */
export function parseEncryptionKey(text: string): Uint8Array {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return new Uint8Array(Buffer.from(trimmed, "hex"));
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return new Uint8Array(Buffer.from(trimmed, "base64"));
  throw notAKey(`An encryption key is 64 hexadecimal digits or the base64 of ${keyLength} bytes.`);
}

/** The key out of a file: its 32 bytes as they are, or one of the texts above. Throws STORE_KEY_WRONG when there is none. */
export async function readEncryptionKey(path: string): Promise<Uint8Array> {
  const bytes = await readKeyFile(path).catch((cause: unknown) => {
    throw notAKey(`The encryption key in ${path} cannot be read.`, cause);
  });
  if (bytes.length === keyLength) return bytes;
  try {
    return parseEncryptionKey(Buffer.from(bytes).toString("latin1"));
  } catch (cause) {
    throw notAKey(`There is no encryption key in ${path}.`, cause);
  }
}

function notAKey(sentence: string, cause?: unknown): CadenceError {
  return new CadenceError("STORE_KEY_WRONG", sentence, {
    remedy: "Make one: openssl rand -out cadence.key 32",
    ...(cause === undefined ? {} : { cause }),
  });
}
