/** Dot products of rows of whole numbers, exact. */
export interface DotProducts {
  /** Space for `rows` rows of `width` numbers; what was in it is gone. Each row's squares may sum up to 2^30. */
  allocate(rows: number, width: number): void;
  row(index: number): Int16Array;
  /** Products of four rows from `row` on (a multiple of 4) with the rows from `from` (even) to the last. The result is overwritten by the next call. */
  strip(row: number, from: number): DotProductStrip;
}

export interface DotProductStrip {
  /** Of the rows `row + offset` (0 to 3) and `column`. */
  at(offset: number, column: number): number;
}

/** In plain TypeScript: the reference, and the way out where WebAssembly has no SIMD. */
export class PlainDotProducts implements DotProducts {
  #rows: Int16Array[] = [];

  allocate(rows: number, width: number): void {
    this.#rows = Array.from({ length: rows }, () => new Int16Array(width));
  }

  row(index: number): Int16Array {
    return this.#rows[index] as Int16Array;
  }

  strip(row: number, _from: number): DotProductStrip {
    return { at: (offset, column) => dotProduct(this.row(row + offset), this.row(column)) };
  }
}

function dotProduct(a: Int16Array, b: Int16Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly strip: (row: number, from: number, to: number, stride: number, out: number, width: number) => void;
}

/** What is used of the platform's; its types come with a browser's library only. */
declare const WebAssembly: {
  validate(code: Uint8Array): boolean;
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

const page = 65_536;
const block = 4;
/** Bytes of a vector. */
const vector = 16;

/** Eight multiplications an instruction: dot-products.wat. */
export class VectorDotProducts implements DotProducts {
  readonly #kernel: Kernel;
  #width = 0;
  #stride = 0;
  #padded = 0;

  private constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Undefined where the machine has no SIMD for WebAssembly. `code` is the compiled kernel. */
  static from(code: Uint8Array): VectorDotProducts | undefined {
    if (!WebAssembly.validate(code)) return undefined;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(code));
    return new VectorDotProducts(instance.exports as Kernel);
  }

  allocate(rows: number, width: number): void {
    this.#width = width;
    this.#stride = Math.ceil((width * Int16Array.BYTES_PER_ELEMENT) / vector) * vector;
    this.#padded = Math.ceil(rows / block) * block;
    const { memory } = this.#kernel;
    const bytes = this.#padded * this.#stride + block * this.#padded * Int32Array.BYTES_PER_ELEMENT;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / page));
    new Uint8Array(memory.buffer).fill(0);
  }

  row(index: number): Int16Array {
    return new Int16Array(this.#kernel.memory.buffer, index * this.#stride, this.#width);
  }

  strip(row: number, from: number): DotProductStrip {
    const { memory, strip } = this.#kernel;
    const out = this.#padded * this.#stride;
    strip(row, from, this.#padded, this.#stride, out, this.#padded * Int32Array.BYTES_PER_ELEMENT);
    const products = new Int32Array(memory.buffer, out, block * this.#padded);
    return { at: (offset, column) => products[offset * this.#padded + column - from] as number };
  }
}
