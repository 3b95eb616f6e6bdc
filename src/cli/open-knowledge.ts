import { Knowledge } from "#app/knowledge.ts";
import { restoreKnowledge } from "#app/learning.ts";
import { Repository } from "#repository/repository.ts";
import { openForReading } from "./open-store.ts";

/** What a store knows, as the daemon would know it. */
export interface OpenKnowledge extends AsyncDisposable {
  readonly repository: Repository;
  readonly knowledge: Knowledge;
  /** ms since 1970: the newest that is stored, for which everything is told. */
  readonly now: number;
}

/** Throws STORE_NOT_FOUND, STORE_*. */
export async function openKnowledge(directory: string): Promise<OpenKnowledge> {
  const storage = await openForReading(directory);
  try {
    const repository = await Repository.open(storage);
    const knowledge = new Knowledge();
    await restoreKnowledge(repository, knowledge);
    const described = new Set(knowledge.entities.map(({ entityId }) => entityId));
    const others = repository.samples.entityIds().filter((entityId) => !described.has(entityId));
    // Samples from files come without a description of their entity.
    knowledge.setEntities([
      ...knowledge.entities,
      ...others.map((entityId) => ({ entityId, integration: "files", name: entityId })),
    ]);
    const now = storage.series.totals().newest ?? 0;
    return { repository, knowledge, now, [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose]() };
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}
