import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { SqliteStore } from "#storage/backends/sqlite/sqlite-store.ts";
import { StatisticsStorageManager } from "#repository/manager.ts";
import { SqlSession } from "#storage/backends/sqlite/sql-session.ts";
import { BlobStore } from "#storage/blob-store.ts";
import { Cache } from "#storage/cache.ts";
import { binaryObjectCodec } from "#storage/codec/binary-object.ts";
import { standardCodecs } from "#storage/codec/codec-registry.ts";
import { customJsonCodec } from "#storage/codec/custom-json.ts";
import { encryptedCodec } from "#storage/codec/encrypted.ts";
import { readEncryptionKey } from "#storage/codec/encryption-key.ts";
import { Collection } from "#storage/collection.ts";
import { Document } from "#storage/document.ts";
import { Backups, Batch, MemoryVolume, Storage } from "#storage/index.ts";
import { Migrations } from "#storage/maintenance/migrations.ts";
import { transfer } from "#storage/maintenance/transfer.ts";
import { PrefixStore } from "#storage/prefix-store.ts";
import { RecordSet } from "#storage/record-set.ts";
import { Transactions } from "#storage/transaction.ts";
import { VersionedCollection } from "#storage/versioned-collection.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "storage.md"), "utf8");
const examples = [...page.matchAll(/^## (.+)\n|```ts\n([^]*?)```/gm)];
const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const keyFile = folder.at("cadence.key");
writeFileSync(keyFile, Buffer.alloc(32, 1));

let section = "";
for (const [, heading, code] of examples) {
  if (heading !== undefined) section = heading;
  if (code === undefined) continue;
  it(`docs/storage.md, ${section}: line ${page.slice(0, page.indexOf(code)).split("\n").length}`, async () => {
    const directory = folder.at(`store-${page.indexOf(code)}`);
    const clock = new ManualClock();
    await using storage = await Storage.open({ at: directory, clock, logger: silentLogger, create: true });
    await storage.series.append([{ series: "sensor.a", time: 1, state: "1" }]);
    const scope = {
      ...{ Backups, Batch, BlobStore, Cache, Collection, Document, Migrations, PrefixStore, RecordSet, SqlSession },
      ...{ SqliteStore, StatisticsStorageManager, Transactions, VersionedCollection, transfer },
      ...{ binaryObjectCodec, customJsonCodec, encryptedCodec, readEncryptionKey, standardCodecs, expect },
      ...{ storage, directory, clock, logger: silentLogger, store: new MemoryStore(), volume: new MemoryVolume() },
      keyFile,
      path: folder.at(`${page.indexOf(code)}.db`),
      bytes: (text: string): Uint8Array => new TextEncoder().encode(text),
    };
    // A module, so that the example is exactly what stands on the page.
    const module = `export default async ({ ${Object.keys(scope).join(", ")} }) => {\n${code}\n};`;
    const example = (await import(`data:text/javascript,${encodeURIComponent(module)}`)) as {
      default: (given: object) => Promise<void>;
    };
    await example.default(scope);
  });
}

it("docs/storage.md has examples", () => {
  expect(examples.filter(([, , code]) => code !== undefined).length).toBeGreaterThanOrEqual(16);
});
