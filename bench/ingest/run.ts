import { parseArgs } from "node:util";
import { type EntitiesEvent, parseEntitiesEvent } from "../../src/bridge/entities-event.ts";
import { FrameGatherer } from "../../src/bridge/frame-gatherer.ts";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { Intake } from "../../src/ingest/intake.ts";
import type { Sample } from "../../src/model/sample.ts";

const entities = 500;
const eventsPerFrame = 20;
const framesPerTurn = 50;
const rounds = 5;

interface Frame {
  readonly event: EntitiesEvent;
}

/** How fast states get from a WebSocket frame to whoever stores them, beside nothing but parsing the frame and taking the fields out. */
export async function runIngestBench(parameters: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...parameters], options: { states: { type: "string", default: "400000" } } });
  const frames = makeFrames(Number(values.states));
  const states = frames.length * eventsPerFrame;
  // In turns, so that neither has the warmer machine; the best of each counts.
  let [bare, whole] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round += 1) {
    bare = Math.min(
      bare,
      timed(() => bareLoop(frames)),
    );
    whole = Math.min(whole, await timedAsync(() => throughIntake(frames)));
  }
  const row = (name: string, seconds: number): string =>
    `${name.padEnd(36)}${(states / seconds / 1_000).toFixed(0).padStart(10)}${(bare / seconds).toFixed(2).padStart(12)}`;
  print(`${states.toLocaleString("en")} states of ${entities} entities, ${eventsPerFrame} events a frame\n`);
  print(`${"".padEnd(36)}${"k states/s".padStart(10)}${"of bare".padStart(12)}`);
  print(row("JSON.parse and the fields", bare));
  print(row("to the batches that are stored", whole));
}

/** Frames as Home Assistant sends them with coalesced messages. */
function makeFrames(states: number): string[] {
  const frames: string[] = [];
  for (let begin = 0; begin < states; begin += eventsPerFrame) {
    const events = Array.from({ length: eventsPerFrame }, (_, index) => {
      const state = begin + index;
      const change = {
        s: ((state * 7919) % 10_000) / 10,
        lc: 1_700_000_000 + state / 1_000,
        c: "01HXYZ0123456789ABCDEFGHJK",
      };
      const entityId = `sensor.entity_${state % entities}`;
      return { id: 12, type: "event", event: { c: { [entityId]: { "+": { ...change, s: change.s.toFixed(1) } } } } };
    });
    frames.push(JSON.stringify(events));
  }
  return frames;
}

function bareLoop(frames: readonly string[]): number {
  const kept: Sample[] = [];
  for (const frame of frames) {
    for (const { event } of JSON.parse(frame) as Frame[]) {
      const changes = event.c ?? {};
      for (const entityId in changes) {
        const change = changes[entityId]?.["+"];
        kept.push({ entityId, time: Math.round(Number(change?.lc) * 1_000), state: String(change?.s) });
      }
    }
  }
  return kept.length;
}

async function throughIntake(frames: readonly string[]): Promise<void> {
  let stored = 0;
  const intake = new Intake({
    clock: systemClock,
    logger: silentLogger,
    capacity: Number.POSITIVE_INFINITY,
    sink: ({ readings }) => {
      stored += readings.length;
      return Promise.resolve();
    },
  });
  const gatherer = new FrameGatherer((samples) => void intake.offer({ origin: "live", samples }));
  for (const [index, frame] of frames.entries()) {
    for (const { event } of JSON.parse(frame) as Frame[]) {
      const { samples, newest } = parseEntitiesEvent(event);
      gatherer.add(samples, newest);
    }
    // As between two callbacks of the socket; its next packets come in another turn.
    if (index % framesPerTurn === 0) await new Promise((resolve) => void setImmediate(resolve));
    else await Promise.resolve();
  }
  await intake.stop();
  if (stored !== frames.length * eventsPerFrame) throw new Error(`Only ${stored} states arrived.`);
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1_000;
}

async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
