import { CadenceError } from "#core/errors.ts";
import type { Volume, VolumeFile } from "./volume.ts";

/** What a file operation is about, in the order in which the store asked for it. */
export interface VolumeOperation {
  readonly kind: "create" | "reserve" | "write" | "truncate" | "sync" | "rename" | "remove" | "sync-directory";
  readonly name: string;
  readonly to?: string;
  readonly bytes?: number;
}

export interface MemoryVolumeOptions {
  /** Called before every change; what it throws, the operation fails with. */
  readonly onOperation?: (operation: VolumeOperation) => void;
}

type PendingChange =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number };

/** A file's content: what would survive power loss, and what is only on its way. */
interface Inode {
  durable: Uint8Array;
  current: Uint8Array;
  pending: PendingChange[];
}

type PendingName =
  | { readonly kind: "create"; readonly name: string; readonly inode: Inode }
  | { readonly kind: "rename"; readonly name: string; readonly to: string; readonly inode: Inode }
  | { readonly kind: "remove"; readonly name: string };

/** A volume in memory that forgets, at `crash`, what was not synced: contents and names alike. */
export class MemoryVolume implements Volume {
  readonly directory = "(memory)";
  readonly #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #pendingNames: PendingName[] = [];
  readonly #onOperation: (operation: VolumeOperation) => void;
  #bytesWritten = 0;
  #locked = false;
  /** A machine that lost its power writes no more; set by `crash`. */
  #dead = false;

  constructor(options: MemoryVolumeOptions = {}) {
    this.#onOperation = options.onOperation ?? (() => undefined);
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#names.keys()]);
  }

  async create(name: string): Promise<VolumeFile> {
    if (this.#names.has(name)) throw new CadenceError("STORE_IO", `The file exists already: ${name}.`);
    this.#operate({ kind: "create", name });
    const inode: Inode = { durable: new Uint8Array(0), current: new Uint8Array(0), pending: [] };
    this.#names.set(name, inode);
    this.#pendingNames.push({ kind: "create", name, inode });
    return this.#file(name, inode);
  }

  async openForAppend(name: string): Promise<VolumeFile> {
    return this.#file(name, this.#inode(name));
  }

  async openForRead(name: string): Promise<VolumeFile> {
    return this.#file(name, this.#inode(name));
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.#inode(from);
    this.#operate({ kind: "rename", name: from, to });
    this.#names.delete(from);
    this.#names.set(to, inode);
    this.#pendingNames.push({ kind: "rename", name: from, to, inode });
  }

  async remove(name: string): Promise<void> {
    this.#inode(name);
    this.#operate({ kind: "remove", name });
    this.#names.delete(name);
    this.#pendingNames.push({ kind: "remove", name });
  }

  async syncDirectory(): Promise<void> {
    this.#operate({ kind: "sync-directory", name: "" });
    this.#durableNames = new Map(this.#names);
    this.#pendingNames = [];
  }

  async lock(): Promise<AsyncDisposable> {
    if (this.#locked) throw new CadenceError("STORE_LOCKED", "The store in memory is in use.");
    this.#locked = true;
    return {
      [Symbol.asyncDispose]: () => {
        this.#locked = false;
        return Promise.resolve();
      },
    };
  }

  freeBytes(): Promise<number | undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Power is cut: a new volume with what was synced and any subset of what was not, each unsynced write torn at any byte. The
   * old one fails from now on. `random` gives numbers from 0 to 1.
   */
  crash(random: () => number, options: MemoryVolumeOptions = {}): MemoryVolume {
    this.#dead = true;
    const names = new Map(this.#durableNames);
    for (const change of this.#pendingNames) {
      if (random() < 0.5) continue;
      if (change.kind === "create") names.set(change.name, change.inode);
      if (change.kind === "remove") names.delete(change.name);
      if (change.kind === "rename") {
        if (names.get(change.name) === change.inode) names.delete(change.name);
        names.set(change.to, change.inode);
      }
    }
    const survivor = new MemoryVolume(options);
    const copies = new Map<Inode, Inode>();
    for (const [name, inode] of names) {
      const copy = copies.get(inode) ?? surviving(inode, random);
      copies.set(inode, copy);
      survivor.#names.set(name, copy);
      survivor.#durableNames.set(name, copy);
    }
    return survivor;
  }

  /** The whole content of a file, for tests that damage it. */
  content(name: string): Uint8Array {
    return this.#inode(name).current.slice();
  }

  /** Sets a file's content, durably, as damage or another program would. */
  setContent(name: string, bytes: Uint8Array): void {
    const inode: Inode = { durable: bytes.slice(), current: bytes.slice(), pending: [] };
    this.#names.set(name, inode);
    this.#durableNames.set(name, inode);
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name);
    if (inode === undefined) throw new CadenceError("STORE_NOT_FOUND", `There is no such file or folder: ${name}.`);
    return inode;
  }

  #operate(operation: VolumeOperation): void {
    if (this.#dead) throw new CadenceError("STORE_IO", "The power is off.");
    this.#onOperation(operation);
  }

  #file(name: string, inode: Inode): VolumeFile {
    let size = inode.current.length;
    let reserved = 0;
    const change = (kind: VolumeOperation["kind"], change: PendingChange, bytes: number): void => {
      this.#operate({ kind, name, bytes });
      inode.pending.push(change);
      inode.current = applied(inode.current, change);
    };
    const write = (kind: "reserve" | "write", offset: number, bytes: Uint8Array): void => {
      change(kind, { kind: "write", offset, bytes }, bytes.length);
      this.#bytesWritten += bytes.length;
    };
    const append = async (bytes: Uint8Array): Promise<void> => {
      const allocated = inode.current.length;
      if (reserved > 0 && size + bytes.length > allocated)
        write("reserve", allocated, new Uint8Array(size + bytes.length + reserved - allocated));
      write("write", size, bytes.slice());
      size += bytes.length;
    };
    const truncate = async (to: number): Promise<void> => {
      change("truncate", { kind: "truncate", size: to }, to);
      size = to;
    };
    const sync = async (): Promise<void> => {
      this.#operate({ kind: "sync", name });
      inode.durable = inode.current.slice();
      inode.pending = [];
    };
    const close = async (): Promise<void> => {
      if (reserved > 0 && inode.current.length > size) await truncate(size);
      reserved = 0;
    };
    return {
      name,
      get size() {
        return size;
      },
      reserve: (bytes) => {
        reserved = bytes;
      },
      append,
      truncate,
      sync,
      readAt: (offset, length) => Promise.resolve(inode.current.slice(offset, Math.min(offset + length, size))),
      close,
      [Symbol.asyncDispose]: close,
    };
  }
}

function surviving(inode: Inode, random: () => number): Inode {
  let content: Uint8Array = inode.durable.slice();
  for (const change of inode.pending) {
    if (random() < 0.3) continue;
    if (change.kind === "write" && random() < 0.3) {
      const torn = Math.floor(random() * change.bytes.length);
      content = applied(content, { ...change, bytes: change.bytes.subarray(0, torn) });
    } else {
      content = applied(content, change);
    }
  }
  return { durable: content, current: content.slice(), pending: [] };
}

/** The content with a change in it; a hole that a lost write left reads as zeros. */
function applied(content: Uint8Array, change: PendingChange): Uint8Array {
  if (change.kind === "truncate") {
    const cut = new Uint8Array(change.size);
    cut.set(content.subarray(0, change.size));
    return cut;
  }
  const end = change.offset + change.bytes.length;
  const grown = content.length >= end ? content : new Uint8Array(end);
  if (grown !== content) grown.set(content);
  grown.set(change.bytes, change.offset);
  return grown;
}
