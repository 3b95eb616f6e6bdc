import type { EntityId } from "#model/entity.ts";
import type { LegacyStatistics } from "#model/legacy.ts";
import { Batch, type Collection, type Storage } from "#storage/index.ts";
import { safeKey } from "./safe-key.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** A file of the older package that is no record of an entity, as plain data. */
export interface LegacyContent {
  /** `patterns`, `clusters`, `correlation`, `adaptive-parameters` … */
  readonly name: string;
  /** When it was written, ms since 1970, where that is told. */
  readonly time?: number;
  readonly source: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** One import that was written, read back and compared. */
export interface LegacyImport {
  /** ms since 1970. */
  readonly time: number;
  readonly directories: readonly string[];
  readonly report: unknown;
}

/** What was imported of the older Python package, for ever marked as that. */
export class LegacyRepository {
  readonly #storage: Storage;
  readonly #statistics: Collection<LegacyStatistics>;
  readonly #contents: Collection<LegacyContent>;
  readonly #imports: Collection<LegacyImport>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#statistics = storage.collection<LegacyStatistics>({ name: "legacy-statistics", version: 1 });
    this.#contents = storage.collection<LegacyContent>({ name: "legacy-contents", version: 1 });
    this.#imports = storage.collection<LegacyImport>({ name: "legacy-imports", version: 1 });
  }

  statistics(name: string): Promise<LegacyStatistics | undefined> {
    return unlessDamaged(this.#statistics.get(safeKey(name)));
  }

  /** Of the import with a digest. */
  content(digest: string, name: string): Promise<LegacyContent | undefined> {
    return unlessDamaged(this.#contents.get(contentKey(digest, name)));
  }

  /** Of all imports, newest last. */
  async contents(name: string): Promise<readonly LegacyContent[]> {
    const found: LegacyContent[] = [];
    for await (const key of this.#contents.keys()) {
      const content = await unlessDamaged(this.#contents.get(key));
      if (content?.name === name) found.push(content);
    }
    return found.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0));
  }

  /** Of entities, without what has no entity id. */
  async entities(): Promise<ReadonlyMap<EntityId, LegacyStatistics>> {
    const found = new Map<EntityId, LegacyStatistics>();
    for await (const key of this.#statistics.keys()) {
      const record = await unlessDamaged(this.#statistics.get(key));
      if (record?.entityId !== undefined) found.set(record.entityId, record);
    }
    return found;
  }

  /** The import of a content with this digest. */
  imported(digest: string): Promise<LegacyImport | undefined> {
    return unlessDamaged(this.#imports.get(digest));
  }

  /** Whether there was an import, of a certain folder if one is named. */
  async hasImported(directory?: string): Promise<boolean> {
    for await (const key of this.#imports.keys()) {
      if (directory === undefined) return true;
      if ((await unlessDamaged(this.#imports.get(key)))?.directories.includes(directory) === true) return true;
    }
    return false;
  }

  stageStatistics(batch: Batch, record: LegacyStatistics): void {
    this.#statistics.stagePut(batch, safeKey(record.name), record);
  }

  stageContent(batch: Batch, digest: string, content: LegacyContent): void {
    this.#contents.stagePut(batch, contentKey(digest, content.name), content);
  }

  async remember(digest: string, done: LegacyImport): Promise<void> {
    const batch = new Batch();
    this.#imports.stagePut(batch, digest, done);
    await this.#storage.write(batch);
    await this.#storage.sync();
  }
}

/** One import never overwrites what another one brought. */
function contentKey(digest: string, name: string): string {
  return safeKey(`${digest.slice(0, 16)} ${name}`);
}
