import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { Knowledge } from "#app/knowledge.ts";
import { type EntitiesEvent, parseEntitiesEvent } from "#bridge/entities-event.ts";
import { samplePolls } from "#bridge/poll-sampler.ts";
import type { Session } from "#bridge/session.ts";
import type { Sample } from "#model/sample.ts";
import { openSource } from "#sources/open-source.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { RecordedSession, type RecordedSensor, recordedSensors } from "../support/recorded-session.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../support/shared-data.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const look = 1_000;

/** What is known of the line at a moment of the session. */
interface Minute {
  /** ms since 1970. */
  readonly at: number;
  readonly utilisation: number;
  readonly timeOutShare: number;
}

/** The sampler beside a recorded Home Assistant: every question is answered with the next recorded answer, after what came before it. */
async function replayLooks(recorded: RecordedSession, sensors: readonly RecordedSensor[]) {
  const clock = new ManualClock();
  const knowledge = new Knowledge();
  knowledge.setEntities(sensors.map(({ entityId }) => ({ entityId, integration: "modbus", name: entityId })));
  const unavailable = new Set<string>();
  const minutes: Minute[] = [];
  const events = recorded.eventsOf(["render_template", "subscribe_entities"])[Symbol.iterator]();
  const nextAnswer = (): unknown => {
    for (;;) {
      const next = events.next();
      if (next.done === true) return undefined;
      if (next.value.type === "render_template") return next.value.event;
      for (const { entityId, state } of parseEntitiesEvent(next.value.event as EntitiesEvent).samples) {
        if (state === "unavailable") unavailable.add(entityId);
        else unavailable.delete(entityId);
      }
    }
  };
  const end = new AbortController();
  const session = {
    ended: end.signal,
    subscribe: (_message: unknown, listener: (event: unknown) => void) => {
      const answer = nextAnswer();
      if (answer === undefined) end.abort(new Error("the recording is over"));
      else listener(answer);
      end.signal.throwIfAborted();
      return Promise.resolve(() => undefined);
    },
  } as unknown as Session;
  const sampling = samplePolls({
    session,
    clock,
    entityIds: () => sensors.map(({ entityId }) => entityId),
    learning: Number.POSITIVE_INFINITY,
    isMissing: (entityId) => unavailable.has(entityId),
    onBurst: (burst) => {
      knowledge.seePolls(burst);
      const load = knowledge.describe(burst.to, 0.5).buses[0]?.load;
      if (load !== undefined) minutes.push({ at: burst.to, ...load });
    },
  }).catch(() => undefined);
  while (!end.signal.aborted) await clock.advance(look);
  await sampling;
  await settle();
  return { knowledge, minutes };
}

/** Shares of the time from `from` to `to` in which the line carried a read, and in which it was held by one that was not answered. */
function lineShares(recorded: RecordedSession, from: number, to: number): { busy: number; held: number } {
  let [busy, held] = [0, 0];
  for (const [index, { begun, ended, ok }] of recorded.reads.entries()) {
    if (begun < from || begun >= to) continue;
    if (ok) busy += ended - begun;
    // Home Assistant tries again after a pause in which nothing else travels.
    else held += (recorded.reads[index + 1]?.begun ?? ended) - begun;
  }
  return { busy: busy / (to - from), held: held / (to - from) };
}

/** Seconds: the mean of the newest 64 gaps between reads that were answered, outages left out. */
function truth(recorded: RecordedSession, sensor: RecordedSensor): number {
  const ends = recorded.readsOf(sensor).map(({ ended }) => ended);
  const gaps = ends
    .slice(1)
    .map((end, index) => end - (ends[index] as number))
    .slice(-64);
  const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? Number.NaN;
  const regular = gaps.filter((gap) => gap <= 2.5 * median);
  return regular.reduce((sum, gap) => sum + gap, 0) / regular.length / 1_000;
}

describe.skipIf(!hasSharedData)(`a recorded session (${withoutSharedData})`, () => {
  describe.each(["normal", "overload"] as const)("with a line that is: %s", (name) => {
    let recorded: RecordedSession;
    let learned: Awaited<ReturnType<typeof replayLooks>>;
    let sensors: readonly RecordedSensor[];

    beforeAll(async () => {
      recorded = new RecordedSession(name);
      sensors = recordedSensors();
      learned = await replayLooks(recorded, sensors);
    });

    it("gives the effective interval of every polled register within 5 % of the line's log", () => {
      const compared = sensors
        .filter((sensor) => sensor.scanInterval > 0 && recorded.readsOf(sensor).length > 6)
        .map((sensor) => ({
          entityId: sensor.entityId,
          truth: truth(recorded, sensor),
          reported: learned.knowledge.intervals.interval(sensor.entityId)?.seconds,
        }));
      expect(compared.length).toBeGreaterThan(20);
      const wrong = compared.filter(
        ({ truth: t, reported }) => reported === undefined || Math.abs(reported / t - 1) > 0.05,
      );
      expect(wrong).toEqual([]);
    });

    it("gives the time of a read within 10 % of the line's log", () => {
      const times = recorded.reads.filter(({ ok }) => ok).map(({ begun, ended }) => ended - begun);
      const median = (times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0) / 1_000;
      const seconds = learned.knowledge.describe(recorded.end, 0.5).buses[0]?.load.serviceSeconds ?? 0;
      expect(seconds / median).toBeGreaterThan(0.9);
      expect(seconds / median).toBeLessThan(1.1);
    });

    it("gives the utilisation within 10 % of the line's log, from the fourth minute on, as long as all units answer", () => {
      const begun = learned.minutes[0]?.at ?? 0;
      const compared = learned.minutes
        .filter(({ at }) => at >= begun + 180_000)
        .map(({ at, utilisation }) => ({ at, utilisation, truth: lineShares(recorded, at - 120_000, at) }))
        .filter(({ truth: { held } }) => held === 0);
      expect(compared.length).toBeGreaterThan(12);
      const wrong = compared.filter(({ utilisation, truth: { busy } }) => Math.abs(utilisation / busy - 1) > 0.1);
      expect(wrong).toEqual([]);
    });
  });

  it("gives the share of the line that a silent unit eats", async () => {
    const recorded = new RecordedSession("normal");
    const { minutes } = await replayLooks(recorded, recordedSensors());
    const compared = minutes.map(({ at, timeOutShare }) => ({
      timeOutShare,
      held: lineShares(recorded, at - 120_000, at).held,
    }));
    const silent = compared.filter(({ held }) => held > 0.3);
    expect(silent.length).toBeGreaterThan(5);
    for (const { held, timeOutShare } of silent) expect(Math.abs(timeOutShare - held)).toBeLessThan(0.15);
    for (const { held, timeOutShare } of compared) if (held === 0) expect(timeOutShare).toBeLessThan(0.05);
  });

  it("gives every state change that the recorder wrote, to the millisecond, and nothing else", async () => {
    const recorded = new RecordedSession("normal");
    const samples = recorded
      .events("subscribe_entities")
      .flatMap((event) => parseEntitiesEvent(event as EntitiesEvent).samples);
    const snapshot = new Set(
      parseEntitiesEvent(recorded.events("subscribe_entities")[0] as EntitiesEvent).samples.map(asLine),
    );
    using folder = new TemporaryFolder();
    const path = folder.at("recorder.db");
    writeFileSync(path, gunzipSync(readFileSync(join(sharedData, "home-assistant", "recorder-normal.db.gz"))));
    const truths = new Set<string>();
    const ids = new Set(recordedSensors().map(({ entityId }) => entityId));
    const firstLive = Math.min(...samples.filter((sample) => !snapshot.has(asLine(sample))).map(({ time }) => time));
    for await (const batch of (await openSource(path)).read())
      for (const sample of batch.samples)
        if (ids.has(sample.entityId) && sample.time >= firstLive && sample.time < recorded.end - 2_000)
          truths.add(asLine(sample));
    const ours = samples.filter(({ time }) => time >= firstLive && time < recorded.end - 2_000).map(asLine);
    expect(truths.size).toBeGreaterThan(1_500);
    expect(new Set(ours).size).toBe(ours.length);
    expect(ours.filter((line) => !truths.has(line))).toEqual([]);
    expect([...truths].filter((line) => !ours.includes(line))).toEqual([]);
  });
});

function asLine({ entityId, time, state }: Sample): string {
  return `${entityId} ${time} ${state}`;
}
