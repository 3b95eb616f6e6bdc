import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { Batch } from "#storage/batch.ts";
import { SqliteStore } from "#storage/backends/sqlite/sqlite-store.ts";
import { TemporaryFolder } from "../../../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const open = (): Promise<SqliteStore> => SqliteStore.open({ path: folder.at("store.db"), readers: 2 });

describe("a store in SQLite", () => {
  it("is there again after it was closed, and after a crash that closed nothing", async () => {
    const first = await open();
    await first.write(new Batch().put(text("a"), text("1")));
    await first.close();
    await using second = await open();
    await second.write(new Batch().put(text("b"), text("2")));
    // What a killed process leaves behind: the files as they are now.
    using seen = new DatabaseSync(folder.at("store.db"), { readOnly: true });
    expect(seen.prepare("select count(*) as entries from entries").get()).toEqual({ entries: 2 });
  });

  it("belongs to one writer", async () => {
    await using _store = await open();
    await expect(open()).rejects.toMatchObject({ code: "STORE_LOCKED" });
  });

  it.each([
    [
      "of another program",
      "STORE_CORRUPT",
      (path: string): unknown => new DatabaseSync(path).exec("create table notes (text)"),
    ],
    ["that is none", "STORE_CORRUPT", (path: string): unknown => writeFileSync(path, "x".repeat(5_000))],
    ["in a folder that is not there", "STORE_NOT_WRITABLE", (): unknown => folder[Symbol.dispose]()],
  ] as const)("%s is refused, and left as it is", async (_what, code, prepare) => {
    prepare(folder.at("store.db"));
    await expect(open()).rejects.toMatchObject({ code });
  });

  it("of a newer version is refused", async () => {
    await (await open()).close();
    new DatabaseSync(folder.at("store.db")).exec("pragma user_version = 2");
    await expect(open()).rejects.toMatchObject({ code: "STORE_NEWER_FORMAT" });
  });

  it("lends its readers out one after the other, and closes although somebody still reads", async () => {
    const store = await open();
    await store.write(new Batch().put(text("a"), text("1")).put(text("b"), text("2")));
    const iterators = [1, 2, 3].map(() => store.range()[Symbol.asyncIterator]());
    await iterators[0]?.next();
    await iterators[1]?.next();
    const waiting = iterators[2]?.next();
    await iterators[0]?.return?.(undefined);
    expect(await waiting).toMatchObject({ done: false });
    const refused = store.range()[Symbol.asyncIterator]().next();
    await store.close();
    await expect(refused).rejects.toMatchObject({ code: "STORE_CLOSED" });
    await expect(iterators[1]?.next()).rejects.toMatchObject({ code: "STORE_CLOSED" });
  });
});
