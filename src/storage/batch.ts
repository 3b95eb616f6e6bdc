/** One change of one key. */
export type Operation =
  | { readonly kind: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "delete"; readonly key: Uint8Array };

/** Bytes of its key and its value. */
export function sizeOf(operation: Operation): number {
  return operation.key.length + (operation.kind === "put" ? operation.value.length : 0);
}

/** Changes that happen together or not at all: one batch is one frame. Later operations on a key win. */
export class Batch {
  readonly #operations: Operation[] = [];

  /** The batch owns both arrays from here on; the caller does not change them. */
  put(key: Uint8Array, value: Uint8Array): this {
    this.#operations.push({ kind: "put", key, value });
    return this;
  }

  delete(key: Uint8Array): this {
    this.#operations.push({ kind: "delete", key });
    return this;
  }

  /** What another batch holds, behind what is here. */
  append({ operations }: Batch): this {
    for (const operation of operations) this.#operations.push(operation);
    return this;
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  get size(): number {
    return this.#operations.length;
  }

  /** Of all keys and values: what writing it needs room for, at the least. */
  get bytes(): number {
    return this.#operations.reduce((sum, operation) => sum + sizeOf(operation), 0);
  }
}
