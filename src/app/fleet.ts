import type { Clock, Timer } from "#core/clock.ts";
import { Breath } from "#core/breathe.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { Fleet, FleetSite, SiteHealth } from "#model/fleet.ts";
import type { Overview } from "#model/overview.ts";
import type { Repository } from "#repository/repository.ts";
import { SiteSamples, type SiteSample } from "#storage/index.ts";

export interface FleetOptions {
  readonly url: string;
  readonly ca?: string;
  /** Our name on the server. */
  readonly site: string;
  readonly repository: Repository;
  readonly overview: () => Overview;
  /** The machine's time. */
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The address with a password that was given apart from it. */
export function withPassword(url: string, password: string | undefined): string {
  if (password === undefined) return url;
  const address = new URL(url);
  address.password = encodeURIComponent(password);
  return address.href;
}

const every = 60_000;
const retryAfter = 30_000;
/** Samples of one transaction on the server. */
const samplesAtOnce = 50_000;
/** What is sent in one go lies within so much time: an entity that changes rarely is not read over years again and again. */
const longestStretch = 7 * 86_400_000;

/**
 * Sends what the store holds to a server that many sites share. The store is the log: while the server is away nothing is lost and nobody waits, and what is sent twice counts once. Only what is complete is sent (before
 * `coveredUntil`); what came late all the same, from an archive or an import, shows in the counts and is sent again.
 */
export class FleetShipping implements Service {
  readonly name = "fleet";
  readonly #options: FleetOptions;
  readonly #stop = new AbortController();
  #server: SiteSamples | undefined;
  #timer: Timer | undefined;
  #working: Promise<void> = Promise.resolve();
  #failure: string | undefined;
  #shipped = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#schedule(0);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await this.#working;
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { shipped: this.#shipped, failure: this.#failure ?? null };
  }

  /** All sites, as they last told. Never rejects. */
  async fleet(): Promise<Fleet> {
    const { site: own } = this.#options;
    try {
      const sites = (await this.#server?.sites()) ?? [];
      return {
        sites: sites.map(({ site, told, ...rest }): FleetSite => ({
          site,
          isOwn: site === own,
          ...rest,
          ...(isHealth(told) ? { health: told } : {}),
        })),
        ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      };
    } catch (error) {
      return { sites: [], failure: toCadenceError(error).sentence };
    }
  }

  #schedule(milliseconds: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = this.#options.clock.after(milliseconds, () => {
      this.#working = this.#ship();
    });
  }

  /** Never rejects. */
  async #ship(): Promise<void> {
    const { url, ca, site, logger, overview } = this.#options;
    try {
      this.#server ??= await SiteSamples.open({
        url,
        site,
        logger,
        signal: this.#stop.signal,
        ...(ca === undefined ? {} : { ca }),
      });
      await this.#catchUp(this.#server);
      await this.#server.tell(healthOf(overview()));
      if (this.#failure !== undefined) logger.info("The server of all sites is back; what it missed was sent");
      this.#failure = undefined;
      this.#schedule(every);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const { sentence } = toCadenceError(error);
      if (this.#failure !== sentence)
        logger.warn(`The server of all sites got nothing; everything is kept here and sent later. ${sentence}`);
      this.#failure = sentence;
      this.#schedule(retryAfter);
    }
  }

  async #catchUp(server: SiteSamples): Promise<void> {
    const { samples, runtimeState } = this.#options.repository;
    const until = runtimeState.coveredUntil;
    if (until === undefined) return;
    await this.#tellRenames(server);
    const shippedUntil = await server.shippedUntil();
    const counts = await server.counts();
    let from = shippedUntil;
    for (const entityId of samples.entityIds()) {
      if (this.#stop.signal.aborted) return;
      const { first = until } = samples.extent(entityId) ?? {};
      if (shippedUntil === undefined) from = Math.min(from ?? first, first);
      else if ((await this.#countBefore(entityId, shippedUntil)) > (counts.get(entityId) ?? 0))
        await this.#send(server, [entityId], first, shippedUntil);
    }
    if (from !== undefined && from < until) await this.#send(server, samples.entityIds(), from, until, true);
  }

  /** Before anything is sent under a new id: what is there goes on under it. */
  async #tellRenames(server: SiteSamples): Promise<void> {
    const { repository } = this.#options;
    for (const rename of await repository.renames.pending()) {
      await server.rename(rename);
      await repository.commit((batch) => repository.renames.stageDone(batch, rename));
    }
  }

  async #countBefore(entityId: string, time: number): Promise<number> {
    const { samples } = this.#options.repository;
    const extent = samples.extent(entityId);
    if (extent === undefined || extent.first >= time) return 0;
    let after = 0;
    for await (const part of samples.read(entityId, { from: time })) after += part.length;
    return extent.samples - after;
  }

  /** Samples of [from, until), a stretch at a time, each of which is there as a whole or not at all. */
  async #send(
    server: SiteSamples,
    entityIds: readonly string[],
    from: number,
    until: number,
    isAll = false,
  ): Promise<void> {
    const { samples } = this.#options.repository;
    const breath = new Breath();
    let length = longestStretch;
    for (let begin = from; begin < until && !this.#stop.signal.aborted;) {
      const end = Math.min(until, begin + length);
      const batch: SiteSample[] = [];
      for (const entityId of entityIds) {
        for await (const part of samples.read(entityId, { from: begin, to: end })) batch.push(...part);
        await breath.take();
        if (batch.length > 4 * samplesAtOnce && length > 1) break;
      }
      if (batch.length > 4 * samplesAtOnce && length > 1) {
        length = Math.max(1, Math.floor(length / 8));
        continue;
      }
      this.#shipped += await server.append(batch, isAll ? end : undefined);
      begin = end;
      if (batch.length < samplesAtOnce) length = Math.min(longestStretch, length * 2);
    }
  }
}

function healthOf({ product, connection, storage, buses }: Overview): SiteHealth {
  return {
    version: product.version,
    connection: connection.state,
    storage: storage.status,
    samples: storage.samples,
    buses: buses.map(({ bus, load, budget, missing }) => ({
      name: bus.name,
      utilisation: load.utilisation,
      utilisationAfter: load.utilisationAfter,
      budget,
      entities: bus.entityIds.length,
      missing,
      isKnown: load.counted > 0,
    })),
  };
}

/** What another version may have told is shown as far as it is what we know. */
function isHealth(told: unknown): told is SiteHealth {
  return typeof told === "object" && told !== null && Array.isArray((told as { buses?: unknown }).buses);
}
