import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { openDiskVolume } from "#storage/index.ts";
import { TemporaryFolder } from "../../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

describe("a folder on disk", () => {
  it("is made with those above it when that is asked for, and not otherwise", async () => {
    await expect(openDiskVolume(folder.at("a", "b"))).rejects.toMatchObject({
      code: "STORE_NOT_FOUND",
      message: `There is no store in ${folder.at("a", "b")}.`,
    });
    expect(readdirSync(folder.path)).toEqual([]);
    const volume = await openDiskVolume(folder.at("a", "b"), { create: true });
    expect(await volume.list()).toEqual([]);
  });

  it("that cannot be made is refused with the one that is in the way", async () => {
    writeFileSync(folder.at("file"), "");
    await expect(openDiskVolume(folder.at("file", "store"), { create: true })).rejects.toMatchObject({
      code: "STORE_NOT_WRITABLE",
      message: `The folder ${folder.at("file")} cannot be written: it is a file.`,
    });
    await expect(openDiskVolume("/proc/cadence", { create: true })).rejects.toMatchObject({
      code: "STORE_NOT_WRITABLE",
    });
  });

  it("lists files alone, and counts what was handed to the system", async () => {
    const volume = await openDiskVolume(folder.path);
    mkdirSync(folder.at("lost+found"));
    await using file = await volume.create("one");
    await file.append(Buffer.from("hello"));
    await file.sync();
    expect(await volume.list()).toEqual(["one"]);
    expect(volume.bytesWritten).toBe(5);
    expect(Buffer.from(await file.readAt(1, 3)).toString()).toBe("ell");
    expect((await file.readAt(3, 100)).length).toBe(2);
    await expect(volume.create("one")).rejects.toMatchObject({ code: "STORE_IO" });
    await volume.rename("one", "two");
    await volume.syncDirectory();
    await volume.remove("two");
    expect(await volume.list()).toEqual([]);
  });

  it("is locked by one at a time, leaves nothing but the lock's own files, and is free again afterwards", async () => {
    const [first, second] = [await openDiskVolume(folder.path), await openDiskVolume(folder.path)];
    const lock = await first.lock();
    await expect(second.lock()).rejects.toMatchObject({
      code: "STORE_LOCKED",
      message: `The store in ${folder.path} is in use by another Modbus Cadence (process ${process.pid}).`,
    });
    expect(readdirSync(folder.path).toSorted()).toEqual(["lock", "lock.owner"]);
    await lock[Symbol.asyncDispose]();
    await lock[Symbol.asyncDispose]();
    await (await second.lock())[Symbol.asyncDispose]();
  });
});
