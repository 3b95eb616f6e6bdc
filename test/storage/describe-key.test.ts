import { describe, expect, it } from "vitest";
import { describeKey } from "#storage/describe-key.ts";
import { KeySpace, keyOf, textKey } from "#storage/keys.ts";
import { nameKey } from "#storage/series/name-key.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { silentLogger } from "#core/logger.ts";
import { ManualClock } from "../support/manual-clock.ts";

const nobody = (): undefined => undefined;

describe("a record in words", () => {
  it.each([
    [nameKey("sensor.a", 300), "the name of sensor.a"],
    [keyOf(KeySpace.collection, textKey("home"), Uint8Array.of(0), textKey("x")), "home: x"],
    [keyOf(KeySpace.log, new Uint8Array(8)), "values of many entities that were not in a block yet"],
    [Uint8Array.of(1, 2, 255), "the record 0102ff"],
    [keyOf(KeySpace.block, Uint8Array.of(1)), "the record 6201"],
  ])("%j", (key, words) => {
    expect(describeKey(key, nobody)).toBe(words);
  });

  it("names entity, number and times of a block that is damaged", async () => {
    const volume = new MemoryVolume();
    const open = (at: MemoryVolume): Promise<Storage> =>
      Storage.open({ at, clock: new ManualClock(), logger: silentLogger });
    const storage = await open(volume);
    await storage.series.append(
      Array.from({ length: 100 }, (_, index) => ({
        series: "sensor.a",
        time: 1_700_000_000_000 + index * 60_000,
        state: String(index * 37),
      })),
    );
    await storage.series.flush();
    const name = (await volume.list()).find(
      (file) => file.startsWith("chunk-") && volume.content(file).length > 300,
    ) as string;
    const bytes = volume.content(name);
    bytes[150] = (bytes[150] as number) ^ 1;
    volume.setContent(name, bytes);
    const { ok, faults } = await storage.verify();
    expect(ok).toBe(false);
    expect(faults.flatMap(({ lost }) => lost)).toContain(
      "100 values of sensor.a from 2023-11-14 22:13:20 to 2023-11-14 23:52:20 UTC",
    );
  });
});
