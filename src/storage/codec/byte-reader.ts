import { CadenceError } from "#core/errors.ts";
import { unzigzag } from "./zigzag.ts";

const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what ByteWriter wrote. Whatever the bytes, the answer is a value or STORE_CORRUPT, never more than is there. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The next byte, left where it is. */
  peek(): number {
    if (this.remaining === 0) throw corrupt("the bytes end too early");
    return this.#view.getUint8(this.#offset);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    const low = this.u32();
    const value = this.u32() * 2 ** 32 + low;
    if (!Number.isSafeInteger(value)) throw corrupt("a number is out of range");
    return value;
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  varint(): number {
    const first = this.#bytes[this.#offset];
    if (first !== undefined && first < 0x80) {
      this.#offset += 1;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) throw corrupt("a number is out of range");
        return value;
      }
      scale *= 0x80;
    }
    throw corrupt("a number is too long");
  }

  zigzag(): number {
    return unzigzag(this.varint());
  }

  /** A view of the next `count` bytes. */
  raw(count: number): Uint8Array {
    const offset = this.#take(count);
    return this.#bytes.subarray(offset, offset + count);
  }

  sized(): Uint8Array {
    return this.raw(this.varint());
  }

  string(): string {
    try {
      return text.decode(this.sized());
    } catch (cause) {
      throw corrupt("a text is not UTF-8", cause);
    }
  }

  /** A declared number of items, each of at least `least` bytes, checked before anything is allocated for them. */
  count(least = 1): number {
    const count = this.varint();
    if (count * least > this.remaining) throw corrupt("more items are declared than can be there");
    return count;
  }

  #take(count: number): number {
    if (count > this.remaining) throw corrupt("the bytes end too early");
    const offset = this.#offset;
    this.#offset += count;
    return offset;
  }
}

export function corrupt(what: string, cause?: unknown): CadenceError {
  return new CadenceError("STORE_CORRUPT", `Stored bytes are damaged: ${what}.`, {
    remedy: "`store verify` shows what is affected; everything else can still be read.",
    ...(cause === undefined ? {} : { cause }),
  });
}
