import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { BlobStore } from "#storage/blob-store.ts";
import { MemoryVolume } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";

function newBlobs(volume = new MemoryVolume(), largest?: number) {
  const clock = new ManualClock();
  const blobs = new BlobStore({
    volume,
    store: new MemoryStore(),
    clock,
    ...(largest === undefined ? {} : { largest }),
  });
  return { volume, clock, blobs };
}

async function contentOf(blobs: BlobStore, name: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of blobs.read(name)) parts.push(part);
  return Buffer.concat(parts).toString();
}

const text = (content: string): Uint8Array[] => [Buffer.from(content)];

describe("blobs", () => {
  it("are kept with what is known of them, the same content once", async () => {
    const { volume, clock, blobs } = newBlobs();
    const first = await blobs.put("manual.pdf", text("pages"), { format: "application/pdf" });
    expect(first).toEqual({
      name: "manual.pdf",
      bytes: 5,
      format: "application/pdf",
      created: clock.now(),
      modified: clock.now(),
      checksum: createHash("sha256").update("pages").digest("hex"),
    });
    await clock.advance(1_000);
    await blobs.put("copy.pdf", text("pages"), { format: "application/pdf" });
    expect((await volume.list()).filter((name) => name.startsWith("blob-")).length).toBe(1);
    const again = await blobs.put("manual.pdf", text("more pages"), { format: "text/plain" });
    expect(again.modified - again.created).toBe(1_000);
    expect(await contentOf(blobs, "manual.pdf")).toBe("more pages");
    expect(await contentOf(blobs, "copy.pdf")).toBe("pages");
  });

  it("are streamed in and out in parts", async () => {
    const { blobs } = newBlobs();
    const part = new Uint8Array(100_000).fill(7);
    async function* many(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 30; index += 1) yield part;
    }
    expect((await blobs.put("large", many(), { format: "x/y" })).bytes).toBe(3_000_000);
    const sizes: number[] = [];
    for await (const read of blobs.read("large")) sizes.push(read.length);
    expect(Math.max(...sizes)).toBeLessThan(300_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3_000_000);
  });

  it("leave nothing behind when they are too large or their source fails", async () => {
    const { volume, blobs } = newBlobs(new MemoryVolume(), 10);
    await expect(blobs.put("a", text("more than ten"), { format: "x/y" })).rejects.toMatchObject({
      code: "STORE_VALUE_INVALID",
    });
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(3);
      throw new Error("the source broke");
    }
    await expect(blobs.put("a", failing(), { format: "x/y" })).rejects.toThrow("the source broke");
    expect(await volume.list()).toEqual([]);
    expect(await blobs.info("a")).toBeUndefined();
  });

  it("are collected when their last name went, and not before", async () => {
    const { volume, blobs } = newBlobs();
    await blobs.put("a", text("one"), { format: "x/y" });
    await blobs.put("b", text("one"), { format: "x/y" });
    await blobs.put("c", text("two"), { format: "x/y" });
    await blobs.delete("a");
    expect(await blobs.collect()).toBe(0);
    await blobs.delete("b");
    expect(await blobs.collect()).toBe(1);
    expect(await contentOf(blobs, "c")).toBe("two");
    expect((await volume.list()).length).toBe(1);
    await expect(contentOf(blobs, "b")).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
  });

  it("have no name before their content survives a loss of power", async () => {
    const volume = new MemoryVolume();
    const store = new MemoryStore();
    const clock = new ManualClock();
    await new BlobStore({ volume, store, clock }).put("a", text("precious"), { format: "x/y" });
    const after = new BlobStore({ volume: volume.crash(() => 0), store, clock });
    expect(await contentOf(after, "a")).toBe("precious");
  });

  it("say at the end of reading that their content is damaged", async () => {
    const { volume, blobs } = newBlobs();
    const { checksum } = await blobs.put("a", text("precious"), { format: "x/y" });
    const bytes = volume.content(`blob-${checksum}`);
    bytes[2] = 0;
    volume.setContent(`blob-${checksum}`, bytes);
    await expect(contentOf(blobs, "a")).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });
});
