import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { CadenceError } from "#core/errors.ts";
import { ByteReader, corrupt } from "./byte-reader.ts";
import type { Codec } from "./codec.ts";

const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;
const markLength = 4;

/**
 * AES-256-GCM around another codec: `inner id u8 · mark of the key 4 · nonce 12 · tag 16 · ciphertext`; the mark and the inner id are
 * authenticated. A fresh random nonce each time: with one key, stay below 2³² values (NIST SP 800-38D, 8.3). Decoding throws
 * STORE_KEY_WRONG for what another key wrote, STORE_CORRUPT for what was changed.
 */
export function encryptedCodec(key: Uint8Array, inner: Codec): Codec {
  if (key.length !== keyLength) {
    throw new CadenceError("STORE_KEY_WRONG", `An encryption key must have ${keyLength} bytes, got ${key.length}.`, {
      remedy: "Make one: openssl rand -out cadence.key 32",
    });
  }
  const mark = createHash("sha256").update("modbus-cadence key mark").update(key).digest().subarray(0, markLength);
  return {
    id: 18,
    name: "aes-256-gcm",
    encode: (value) => {
      const head = Buffer.concat([Buffer.of(inner.id), mark]);
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(head);
      const text = Buffer.concat([cipher.update(inner.encode(value)), cipher.final()]);
      return new Uint8Array(Buffer.concat([head, nonce, cipher.getAuthTag(), text]));
    },
    decode: (bytes, codecs) => {
      const reader = new ByteReader(bytes);
      const head = reader.raw(1 + markLength);
      if (!mark.equals(head.subarray(1))) {
        throw new CadenceError("STORE_KEY_WRONG", "A value was encrypted with another key.", {
          remedy: "Name the key it was written with; nothing was changed.",
        });
      }
      const nonce = reader.raw(nonceLength);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength })
        .setAAD(head)
        .setAuthTag(reader.raw(tagLength));
      let text: Buffer;
      try {
        text = Buffer.concat([decipher.update(reader.raw(reader.remaining)), decipher.final()]);
      } catch (cause) {
        throw corrupt("an encrypted value was changed", cause);
      }
      return codecs.find(head[0] as number).decode(new Uint8Array(text), codecs);
    },
  };
}
