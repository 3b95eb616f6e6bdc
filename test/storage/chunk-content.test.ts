import { expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";

it("says of every chunk what is in it, without reading one: times, values, how it came to be", async () => {
  const storage = await Storage.open({ at: new MemoryVolume(), clock: new ManualClock(), logger: silentLogger });
  await using _closed = storage;
  const rows = (from: number, count: number, series: string) =>
    Array.from({ length: count }, (_, index) => ({ series, time: (from + index) * 1_000, state: String(index % 97) }));
  await storage.series.append([...rows(0, 5_000, "sensor.a"), ...rows(100, 5_000, "sensor.b")]);
  await storage.compact();
  expect((await storage.chunks()).find(({ samples }) => samples > 0)).toMatchObject({
    state: "merged",
    samples: 10_000,
    series: 2,
    from: 0,
    to: 5_099_000,
  });
  await storage.series.append(rows(6_000, 50, "sensor.a"));
  const chunks = await storage.chunks();
  expect(chunks.find(({ state }) => state === "open")).toMatchObject({ samples: 50, to: 6_049_000 });
  const { samples, bytes } = await storage.inspect();
  expect(chunks.reduce((sum, chunk) => sum + chunk.samples, 0)).toBe(samples);
  expect(chunks.reduce((sum, chunk) => sum + chunk.bytes, 0)).toBe(bytes);
});
