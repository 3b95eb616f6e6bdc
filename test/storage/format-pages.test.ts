import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeBatchFrame, encodeBatchFrame } from "#storage/chunk/batch-frame.ts";
import {
  decodeChunkFooter,
  decodeChunkHeader,
  encodeChunkFooter,
  encodeChunkHeader,
} from "#storage/chunk/chunk-format.ts";
import { decodeFrame, encodeFrame, type Frame } from "#storage/chunk/frame.ts";
import { decodeManifest, encodeManifest } from "#storage/chunk/manifest.ts";
import { decodeBlock, encodeBlock } from "#storage/series/block.ts";
import { blockKey, parseBlockKey, summarizeBlock } from "#storage/series/block-summary.ts";
import { decodeRollUp, encodeRollUp, type RollUp, rollUp } from "#storage/series/roll-up.ts";
import { States } from "#storage/series/states.ts";
import { decodeLogEntry, encodeLogEntry } from "#storage/series/log-entry.ts";

const folder = join(import.meta.dirname, "..", "..", "docs", "format");
const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);
const storeId = Uint8Array.from({ length: 16 }, (_, index) => index);
const slice = { times: Float64Array.of(1_000, 2_000, 3_000), states: States.of("21.5", "21.5", "unavailable") };
/** The numbers of the page: x becomes (75 x + 74) mod 65,537. */
let [x, time] = [1, 0];
const followedTimes = Array.from({ length: 120 }, () => {
  x = (75 * x + 74) % 65_537;
  return (time += 2_000 * Math.max(1, (x % 7) - 3) + (Math.floor(x / 7) % 9) - 4);
});
const followed = { times: Float64Array.from(followedTimes), states: States.of(...followedTimes.map(() => "on")) };
const manifest = { version: 2, storeId, generation: 2, chunks: [1, 3], nextChunkId: 4, nextSequence: 9 };
const header = { storeId, chunkId: 3, purpose: "log" as const };
const summary = summarizeBlock({ seriesId: 1, blockId: 2, effort: "quick", rollUps: [] }, slice);
const rolled = rollUp(
  { times: Float64Array.of(0, 100_000, 900_000), states: States.of("1.5", "3", "2.25") },
  300_000,
) as RollUp;
const entry = {
  times: Float64Array.of(1_000, 3_000),
  states: States.of("21.5", "unavailable"),
  groups: [{ seriesId: 1, begin: 0, end: 2 }],
};
const texts = (bytes: Uint8Array): unknown => {
  const { times, states } = decodeBlock(bytes);
  return { times, texts: states.toArray() };
};
const operations = [
  { kind: "put" as const, key: text("a"), value: Uint8Array.of(1, 2) },
  { kind: "delete" as const, key: text("b") },
];

/** Each example: the bytes our code writes, and what reading the page's bytes must give. */
const examples: Readonly<
  Record<string, { bytes: Uint8Array; read: (bytes: Uint8Array) => unknown; expected: unknown }>
> = {
  frame: {
    bytes: encodeFrame({ kind: 1, codec: 0, sequence: 7, payload: text("hello") }),
    read: (bytes) => decodeFrame(bytes),
    expected: { kind: 1, codec: 0, sequence: 7, payload: text("hello") },
  },
  header: {
    bytes: encodeChunkHeader(header),
    read: decodeChunkHeader,
    expected: { ...header, version: 2 },
  },
  footer: { bytes: encodeChunkFooter(65_536), read: decodeChunkFooter, expected: 65_536 },
  batch: {
    bytes: encodeBatchFrame(operations, 5, 3, 0).bytes,
    read: (bytes) => {
      const frame = decodeFrame(bytes);
      const batch = decodeBatchFrame(frame as Frame, 0);
      return {
        sequence: frame?.sequence,
        synced: batch.syncedSequence,
        operations: batch.operations.map(({ kind, key, offset, length }) => ({
          kind,
          key,
          value: [...bytes.subarray(offset, offset + length)],
        })),
      };
    },
    expected: {
      sequence: 5,
      synced: 3,
      operations: [
        { kind: "put", key: "a", value: [1, 2] },
        { kind: "delete", key: "b", value: [] },
      ],
    },
  },
  manifest: { bytes: encodeManifest(manifest), read: decodeManifest, expected: manifest },
  "block-key": { bytes: blockKey(summary), read: parseBlockKey, expected: summary },
  block: {
    bytes: encodeBlock(slice, "quick"),
    read: texts,
    expected: { times: slice.times, texts: ["21.5", "21.5", "unavailable"] },
  },
  "dense-block": {
    bytes: encodeBlock(followed, "dense"),
    read: texts,
    expected: { times: followed.times, texts: followedTimes.map(() => "on") },
  },
  "roll-up": { bytes: encodeRollUp(rolled), read: decodeRollUp, expected: rolled },
  "log-entry": {
    bytes: encodeLogEntry(entry),
    read: (bytes) => {
      const { times, states, groups } = decodeLogEntry(bytes);
      return { times, texts: states.toArray(), groups };
    },
    expected: { times: entry.times, texts: ["21.5", "unavailable"], groups: entry.groups },
  },
};

const pages = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
const blocks = new Map(
  pages.flatMap((page) =>
    [...page.matchAll(/```hex ([a-z-]+)\n([^`]*)```/g)].map(
      ([, name, hex]) =>
        [name as string, new Uint8Array(Buffer.from((hex as string).replaceAll(/\s/g, ""), "hex"))] as const,
    ),
  ),
);

describe("the examples of docs/format", () => {
  it("are all there", () => {
    expect([...blocks.keys()].toSorted()).toEqual(Object.keys(examples).toSorted());
  });

  it.each(Object.entries(examples))("%s: the page's bytes are those our code writes and reads", (name, example) => {
    const page = blocks.get(name) ?? new Uint8Array();
    expect(hex(page)).toBe(hex(example.bytes));
    expect(example.read(page)).toEqual(example.expected);
  });
});

/** Sixteen bytes a line, as the pages show them. */
function hex(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString("hex")
      .match(/.{1,32}/g) ?? []
  )
    .map((line) => (line.match(/../g) ?? []).join(" "))
    .join("\n");
}
