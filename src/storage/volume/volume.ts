/** One file of a volume. Offsets and sizes in bytes. Errors: STORE_FULL, STORE_NOT_WRITABLE, STORE_IO. */
export interface VolumeFile extends AsyncDisposable {
  readonly name: string;
  /** Bytes in the file, those of a failed append included. */
  readonly size: number;
  /**
   * From now on room behind the end is made by so many bytes of zeros at a time, so that a synced append changes one place of the disk and not the file's length as
   * well. Those zeros are not part of `size`; who opens the file anew finds them, until `truncate` or `close` removes them.
   */
  reserve(bytes: number): void;
  /** All of `bytes` behind the end, or an error; after an error any part of them may stand there until truncated. */
  append(bytes: Uint8Array): Promise<void>;
  /** Fewer bytes than asked for when the file ends before; nothing of what is reserved. */
  readAt(offset: number, length: number): Promise<Uint8Array>;
  truncate(size: number): Promise<void>;
  /** Resolves when the file's content survives power loss. Its name survives only after `syncDirectory`. */
  sync(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** One folder of files: the only way to the disk. Names hold no separators. */
export interface Volume {
  /** For people. */
  readonly directory: string;
  /** Bytes handed over for writing since the volume was opened. */
  readonly bytesWritten: number;
  list(): Promise<readonly string[]>;
  /** A new, empty file; an error when it exists. */
  create(name: string): Promise<VolumeFile>;
  openForAppend(name: string): Promise<VolumeFile>;
  openForRead(name: string): Promise<VolumeFile>;
  /** Replaces `to`; durable after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes creations, renames and removals durable. */
  syncDirectory(): Promise<void>;
  /** Exclusive between processes and within one; ends with the process, however it ends. Throws STORE_LOCKED. */
  lock(): Promise<AsyncDisposable>;
  /** Undefined where it cannot be known. */
  freeBytes(): Promise<number | undefined>;
}

/** Where the content of a file ends when zeros behind it were only reserved: behind its last other byte, `least` at the least. */
export function contentEnd(bytes: Uint8Array, least: number): number {
  let end = bytes.length;
  while (end > least && bytes[end - 1] === 0) end -= 1;
  return end;
}

/** The whole content of a file. */
export async function readWhole(volume: Volume, name: string): Promise<Uint8Array> {
  await using file = await volume.openForRead(name);
  return await file.readAt(0, file.size);
}
