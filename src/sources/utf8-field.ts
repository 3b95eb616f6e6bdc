import { isUtf8 } from "node:buffer";

/** The text that bytes, one a character, are; undefined when they are no UTF-8. */
export function decodeField(bytes: string): string | undefined {
  if (!/[\u0080-\u00FF]/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, "latin1");
  return isUtf8(buffer) ? buffer.toString() : undefined;
}

/** For a message. */
export function shortenField(bytes: string): string {
  const text = decodeField(bytes) ?? bytes;
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
