import { type Clock, delay } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { EntityId } from "#model/entity.ts";
import type { Poll, PollBurst } from "#model/poll.ts";
import type { Session } from "./session.ts";

/** Prints when each entity was last reported, which moves with every read, changed or not. */
const template =
  "{% for entity in entities %}{% set state = states[entity] %}{% if state %}{{ entity }}={{ as_timestamp(state.last_reported) }};{% endif %}{% endfor %}";

export interface PollSamplerOptions {
  readonly session: Session;
  readonly clock: Clock;
  readonly entityIds: () => readonly EntityId[];
  readonly onBurst: (burst: PollBurst) => void;
  /** Whether an entity has no value now. @default they all have one */
  readonly isMissing?: (entityId: EntityId) => boolean;
  /** Milliseconds from one look to the next. @default 1000 */
  readonly period?: number;
  /** Looked at without a pause for so long after the connection. @default 5 minutes */
  readonly learning?: number;
  /** Afterwards: so long ... @default 1 minute */
  readonly burst?: number;
  /** ... of every so long. @default 10 minutes */
  readonly cycle?: number;
}

/** A burst is handed over in parts of at most this length, so that nobody waits for its end. */
const longestPart = 10_000;
/** An answer later than this many periods may have missed a read of the fastest entities. */
const missedAfter = 2.5;

/** Looks at `last_reported` in bursts until the session ends. Home Assistant tells of unchanged reads in no other way. */
export async function samplePolls(options: PollSamplerOptions): Promise<void> {
  const { session, clock, period = 1_000, learning = 300_000, burst = 60_000, cycle = 600_000 } = options;
  const begun = clock.monotonic();
  while (!session.ended.aborted) {
    await sampleFor(options, period, clock.monotonic() - begun < learning ? learning : burst);
    await delay(clock, Math.max(period, cycle - burst), session.ended);
  }
}

async function sampleFor(
  { session, clock, entityIds, onBurst, isMissing = () => false }: PollSamplerOptions,
  period: number,
  length: number,
): Promise<void> {
  const end = clock.monotonic() + length;
  const known = new Map<EntityId, number>();
  let part: { from: number; polls: Poll[] } | undefined;
  let lastLook = clock.monotonic();
  while (!session.ended.aborted && clock.monotonic() < end) {
    const asked = clock.monotonic();
    const seen = await look(session, entityIds());
    const late = clock.monotonic() - lastLook > missedAfter * period;
    lastLook = asked;
    const now = newestOf(seen, part?.from ?? clock.now());
    if (part === undefined || late) {
      if (part !== undefined && !late) onBurst({ from: part.from, to: now, period, polls: part.polls });
      known.clear();
      part = { from: now, polls: [] };
    }
    for (const [entityId, time] of seen) {
      if (known.get(entityId) === time) continue;
      known.set(entityId, time);
      part.polls.push({ entityId, time, ...(isMissing(entityId) ? { failed: true } : {}) });
    }
    if (now - part.from >= longestPart) {
      onBurst({ from: part.from, to: now, period, polls: part.polls });
      part = { from: now, polls: [] };
    }
    await delay(clock, Math.max(0, period - (clock.monotonic() - asked)), session.ended);
  }
  if (part !== undefined && part.polls.length > 0)
    onBurst({ from: part.from, to: newestOf(known, part.from), period, polls: part.polls });
}

function newestOf(times: ReadonlyMap<EntityId, number>, least: number): number {
  let newest = least;
  for (const time of times.values()) if (time > newest) newest = time;
  return newest;
}

/** One look: ms since 1970 with microseconds as fraction, by entity. */
async function look(session: Session, entityIds: readonly EntityId[]): Promise<ReadonlyMap<EntityId, number>> {
  const answer = Promise.withResolvers<string>();
  answer.promise.catch(() => undefined);
  const message = { type: "render_template", template, variables: { entities: entityIds }, report_errors: true };
  const end = await session.subscribe<{ result?: unknown; error?: unknown }>(message, ({ result, error }) => {
    if (typeof result === "string") answer.resolve(result);
    else if (error !== undefined) {
      answer.reject(
        new CadenceError("HASS_COMMAND_FAILED", `Home Assistant cannot say when entities were read: ${String(error)}`),
      );
    }
  });
  const lost = (): void => answer.reject(session.ended.reason as Error);
  session.ended.addEventListener("abort", lost, { once: true });
  try {
    return parseLook(await answer.promise, entityIds);
  } finally {
    session.ended.removeEventListener("abort", lost);
    end();
  }
}

/** By the ids that were asked for: a piece of the answer, kept anywhere, would keep all of it in memory. */
function parseLook(text: string, entityIds: readonly EntityId[]): ReadonlyMap<EntityId, number> {
  const told = new Map<string, number>();
  for (const entry of text.split(/[;\n]/)) {
    const split = entry.indexOf("=");
    const seconds = Number(entry.slice(split + 1));
    if (split > 0 && Number.isFinite(seconds) && seconds > 0) told.set(entry.slice(0, split).trim(), seconds * 1_000);
  }
  const times = new Map<EntityId, number>();
  for (const entityId of entityIds) {
    const time = told.get(entityId);
    if (time !== undefined) times.set(entityId, time);
  }
  return times;
}
