import { Breath } from "#core/breathe.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { Wish } from "#config/wishes.ts";
import type { EntityId } from "#model/entity.ts";
import type { Findings } from "#model/findings.ts";
import type { IntervalRecord } from "#model/interval-record.ts";
import { PlainDotProducts, VectorDotProducts } from "#pipeline/correlation/dot-products.ts";
import { dotProductsWasm } from "#pipeline/correlation/dot-products-wasm.ts";
import { findAll } from "#pipeline/find.ts";
import type { BusPlan } from "#pipeline/polling/plan.ts";
import { planSentence } from "#pipeline/polling/planned-advice.ts";
import type { Repository } from "#repository/repository.ts";
import type { Knowledge } from "./knowledge.ts";
import { planBuses } from "./planning.ts";

export interface AnalysisOptions {
  readonly repository: Repository;
  readonly knowledge: Knowledge;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Share of each bus that reads may take. */
  readonly budget: () => number;
  /** What people want of single entities. @default nothing */
  readonly wishOf?: (entityId: EntityId) => Wish;
}

/** When most of the past has been filled in. */
const firstAfter = 120_000;
const every = 3_600_000;
/** With thousands of entities it takes minutes, beside all else: then it is done less often. */
const restFactor = 50;
/** It is the largest of the findings, and made anew soon after every start. */
const matrixEvery = 86_400_000;

/** Finds out, once an hour or seldom enough to take a fiftieth of the time, what the signals do and how they go together; between the parts of it everything else runs. */
export class Analysis implements Service {
  readonly name = "analysis";
  readonly #options: AnalysisOptions;
  #timer: Timer | undefined;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #seconds: number | undefined;
  #matrixSavedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AnalysisOptions) {
    this.#options = options;
  }

  /** Until the signals were compared again, what was last found of how they go together is shown. */
  async start(): Promise<void> {
    const { repository, knowledge } = this.#options;
    const matrix = await repository.correlations.get();
    this.#matrixSavedAt = matrix?.computedAt ?? Number.NEGATIVE_INFINITY;
    knowledge.findings = {
      ...knowledge.findings,
      clusters: await repository.clusters.get(),
      ...(matrix === undefined ? {} : { matrix }),
    };
    knowledge.plans = (await repository.plans.get()) as ReadonlyMap<string, BusPlan>;
    this.#schedule(firstAfter);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { at: this.#options.knowledge.findings.at, seconds: this.#seconds };
  }

  /** Resolves when everything was found out anew. Never rejects. */
  runNow(): Promise<void> {
    this.#timer?.cancel();
    return this.#runNext();
  }

  #runNext(): Promise<void> {
    const { clock } = this.#options;
    let begun = clock.monotonic();
    this.#running = this.#running
      .then(() => {
        begun = clock.monotonic();
        return this.#run();
      })
      .catch((error: unknown) => {
        this.#options.logger.warn(
          `What the signals do could not be found out; it is tried again later. ${toCadenceError(error).sentence}`,
        );
      })
      .finally(() => {
        if (!this.#stopped) this.#schedule(Math.max(every, (clock.monotonic() - begun) * restFactor));
      });
    return this.#running;
  }

  #schedule(milliseconds: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(milliseconds, () => void this.#runNext());
  }

  async #run(): Promise<void> {
    const { repository, knowledge, clock, logger } = this.#options;
    const begun = clock.monotonic();
    const found = await findOut(repository, knowledge, clock.now(), { isCancelled: () => this.#stopped });
    if (found === undefined) return;
    await this.#plan();
    this.#seconds = (clock.monotonic() - begun) / 1_000;
    const { matrix } = found;
    const isMatrixDue = matrix !== undefined && Math.abs(matrix.computedAt - this.#matrixSavedAt) >= matrixEvery;
    await repository.commit((batch) => {
      if (found.moves.length > 0) repository.clusters.stage(batch, found.clusters);
      if (isMatrixDue) repository.correlations.stage(batch, matrix);
    });
    if (isMatrixDue) this.#matrixSavedAt = matrix.computedAt;
    logger.info("Signals were compared", {
      relations: found.relations.filter(({ proven }) => proven).length,
      clusters: found.clusters.length,
      identities: found.identities.length,
      moved: found.moves.length,
    });
  }

  /** Plans the reads of each bus anew; what is advised otherwise than before is written down. */
  async #plan(): Promise<void> {
    const { repository, knowledge, clock, logger, budget, wishOf } = this.#options;
    const now = clock.now();
    const plans = await planBuses({
      repository,
      knowledge,
      now,
      budget: budget(),
      ...(wishOf === undefined ? {} : { wishOf }),
      isCancelled: () => this.#stopped,
    });
    if (plans === undefined) return;
    const records = decisions(knowledge.plans, plans, now);
    const isNew = JSON.stringify(adviceOf(knowledge.plans)) !== JSON.stringify(adviceOf(plans));
    knowledge.plans = plans;
    if (!isNew) return;
    await repository.commit((batch) => {
      for (const record of records) repository.intervalHistory.stage(batch, record);
      repository.plans.stage(batch, plans);
    });
    for (const [busId, { gain }] of plans) {
      if (gain !== undefined) logger.info(planSentence(gain), { bus: busId });
    }
  }
}

/** Whether a plan is advised, and its intervals. */
function adviceOf(plans: ReadonlyMap<string, BusPlan>): unknown {
  return [...plans].map(([busId, { gain, entities }]) => [
    busId,
    gain?.isProven ?? null,
    entities.map(({ entityId, proposed }) => [entityId, proposed]),
  ]);
}

/** What is advised now and was not before. */
function decisions(
  before: ReadonlyMap<string, BusPlan>,
  after: ReadonlyMap<string, BusPlan>,
  time: number,
): IntervalRecord[] {
  return [...after].flatMap(([busId, { gain, entities }]) => {
    if (gain?.isProven !== true) return [];
    const earlier = before.get(busId);
    const advised = new Map(
      earlier?.gain?.isProven === true ? earlier.entities.map(({ entityId, proposed }) => [entityId, proposed]) : [],
    );
    return entities
      .filter(({ entityId, present, proposed }) => proposed !== (advised.get(entityId) ?? present))
      .map(({ entityId, present, proposed, reason }) => ({
        entityId,
        time,
        interval: proposed,
        before: advised.get(entityId) ?? present,
        reason,
        origin: "plan",
      }));
  });
}

export interface FindOutOptions {
  /** Gives up, with nothing, once it says so. */
  readonly isCancelled?: () => boolean;
  /** Told the share that is done. */
  readonly progress?: (share: number) => void;
}

/** Finds out what follows from what is known at `now`, and keeps it there. Everything else runs meanwhile. */
export async function findOut(
  repository: { readonly clusters: Pick<Repository["clusters"], "get"> },
  knowledge: Knowledge,
  now: number,
  { isCancelled = () => false, progress }: FindOutOptions = {},
): Promise<Findings | undefined> {
  const dotProducts = VectorDotProducts.from(Buffer.from(dotProductsWasm, "base64")) ?? new PlainDotProducts();
  const utcOffset = -new Date(now).getTimezoneOffset() / 60;
  const clusters = knowledge.findings.at > 0 ? knowledge.findings.clusters : await repository.clusters.get();
  const work = findAll(knowledge.known(now), { now, utcOffset, dotProducts, clusters });
  const breath = new Breath();
  for (let next = work.next(); !isCancelled(); next = work.next()) {
    if (next.done === true) {
      knowledge.findings = next.value;
      return next.value;
    }
    progress?.(next.value);
    await breath.take();
  }
  return undefined;
}
