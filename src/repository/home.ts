import type { Entity } from "#model/entity.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";
import type { YamlHub } from "#model/yaml-hub.ts";
import type { Batch, Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** The home as Home Assistant last described it, so that a report needs no connection. */
export interface StoredHome {
  readonly entities: readonly Entity[];
  /** Absent where Home Assistant does not tell. */
  readonly connections?: readonly ModbusConnection[];
  /** As they stand in Home Assistant's configuration; absent where it cannot be read. */
  readonly hubs?: readonly YamlHub[];
  /** Snapshots of what was learned of the buses, by the pipeline's own stage. */
  readonly service?: unknown;
  /** The same of which reads met, where lines have to be told apart. */
  readonly lines?: unknown;
}

export class HomeRepository {
  readonly #document: Document<StoredHome>;

  constructor(storage: Storage) {
    this.#document = storage.document<StoredHome>({ name: "home", version: 1 });
  }

  /** Nothing also for a damaged record: Home Assistant tells it again. */
  async get(): Promise<StoredHome> {
    return (await unlessDamaged(this.#document.get())) ?? { entities: [] };
  }

  stage(batch: Batch, home: StoredHome): void {
    this.#document.stagePut(batch, home);
  }
}
