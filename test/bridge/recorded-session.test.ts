import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { type EntitiesEvent, parseEntitiesEvent } from "#bridge/entities-event.ts";
import { samplePolls } from "#bridge/poll-sampler.ts";
import type { Session } from "#bridge/session.ts";
import { ServiceTime } from "#modbus/service-time.ts";
import type { Sample } from "#model/sample.ts";
import { EffectiveIntervals } from "#pipeline/polling/effective-interval.ts";
import { openSource } from "#sources/open-source.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { RecordedSession, type RecordedSensor, recordedSensors } from "../support/recorded-session.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../support/shared-data.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const look = 1_000;

/** The sampler beside a recorded Home Assistant: every question is answered with the next recorded answer. */
async function replayLooks(recorded: RecordedSession, sensors: readonly RecordedSensor[]) {
  const clock = new ManualClock();
  const intervals = new EffectiveIntervals();
  const service = new ServiceTime();
  const members = new Set(sensors.map(({ entityId }) => entityId));
  const answers = recorded.events("render_template")[Symbol.iterator]();
  const end = new AbortController();
  const session = {
    ended: end.signal,
    subscribe: (_message: unknown, listener: (event: unknown) => void) => {
      const answer = answers.next();
      if (answer.done === true) end.abort(new Error("the recording is over"));
      else listener(answer.value);
      end.signal.throwIfAborted();
      return Promise.resolve(() => undefined);
    },
  } as unknown as Session;
  const sampling = samplePolls({
    session,
    clock,
    entityIds: () => [...members],
    learning: Number.POSITIVE_INFINITY,
    onBurst: (burst) => {
      intervals.step(burst);
      service.step(burst, members);
    },
  }).catch(() => undefined);
  while (!end.signal.aborted) await clock.advance(look);
  await sampling;
  await settle();
  return { intervals, service };
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

    it("gives the effective interval of every polled register within 10 % of the line's log", () => {
      const compared = sensors
        .filter((sensor) => sensor.scanInterval > 0 && recorded.readsOf(sensor).length > 6)
        .map((sensor) => ({
          entityId: sensor.entityId,
          truth: truth(recorded, sensor),
          reported: learned.intervals.interval(sensor.entityId)?.seconds,
        }));
      expect(compared.length).toBeGreaterThan(20);
      const wrong = compared.filter(
        ({ truth: t, reported }) => reported === undefined || Math.abs(reported / t - 1) > 0.1,
      );
      expect(wrong).toEqual([]);
    });

    it("gives the time of a read within 10 % of the line's log", () => {
      const times = recorded.reads.map(({ begun, ended }) => ended - begun).toSorted((a, b) => a - b);
      const median = (times[Math.floor(times.length / 2)] ?? 0) / 1_000;
      expect((learned.service.seconds() ?? 0) / median).toBeGreaterThan(0.9);
      expect((learned.service.seconds() ?? 0) / median).toBeLessThan(1.1);
    });
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
