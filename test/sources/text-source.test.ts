import { writeFileSync } from "node:fs";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Sample } from "#model/sample.ts";
import { csvHeader, csvLine } from "#sources/csv-writer.ts";
import { openSource } from "#sources/open-source.ts";
import type { SourceProblem } from "#sources/source.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

async function read(content: string | Uint8Array) {
  const path = folder.at("samples.csv");
  writeFileSync(path, content);
  const batches: (readonly Sample[])[] = [];
  const problems: SourceProblem[] = [];
  let share = 0;
  let failure: unknown;
  try {
    for await (const batch of (await openSource(path)).read()) {
      if (batch.samples.length > 0) batches.push(batch.samples);
      problems.push(...batch.problems);
      expect(batch.share).toBeGreaterThanOrEqual(share);
      share = batch.share;
    }
  } catch (error) {
    failure = error;
  }
  return { batches, samples: batches.flat(), problems, share, failure };
}

const header = "entity_id,timestamp_ms,state\n";
const a = (time: number, state: string): Sample => ({ entityId: "sensor.a", time, state });

describe("a file of samples", () => {
  it("gives every row, to the byte of the state", async () => {
    const { samples, problems, share } = await read(
      `${header}sensor.a,1,21.50\nsensor.b,1,\nsensor.a,2,"a ""b"", c"\n`,
    );
    expect(samples).toEqual([a(1, "21.50"), { entityId: "sensor.b", time: 1, state: "" }, a(2, 'a "b", c')]);
    expect(problems).toEqual([]);
    expect(share).toBe(1);
  });

  it("may have its columns in any order, others between them, a byte order mark, capitals, and CRLF", async () => {
    const { samples } = await read("\uFEFFState,comment,Entity_ID,timestamp_ms\r\n5,x,sensor.a,7\r\n");
    expect(samples).toEqual([a(7, "5")]);
  });

  it("may be compressed, whatever its name says", async () => {
    for (const pack of [gzipSync, zstdCompressSync])
      expect((await read(pack(`${header}sensor.a,1,5\n`))).samples).toEqual([a(1, "5")]);
  });

  it("may hold every character there is, a replacement character too, cut anywhere by the reading", async () => {
    const state = "°C ж 🏠 \uFFFD".repeat(9);
    const rows = Array.from({ length: 9_000 }, (_, time) => a(time, state));
    const { samples, problems } = await read(header + rows.map(csvLine).join(""));
    expect(problems).toEqual([]);
    expect(samples).toEqual(rows);
  });

  it("names what is no sample by its line, and takes the others", async () => {
    const broken = [
      "sensor.a,1,5",
      "sensor.a,not a time,5",
      "Sensor A,2,5",
      "sensor.a,3",
      "sensor.a,4,5,6",
      'sensor.a,5,"open',
      "sensor.a,6,5",
      `sensor.a,7,${"x".repeat(256)}`,
      "sensor.a,1e3,5",
      "sensor.a,8,5",
    ];
    const bytes = Buffer.concat([
      Buffer.from(`${header}${broken.join("\n")}\nsensor.a,9,`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from("\nsensor.a,10,5\n"),
    ]);
    const { samples, problems, failure } = await read(bytes);
    expect(failure).toBeUndefined();
    expect(samples.map(({ time }) => time)).toEqual([1, 6, 8, 10]);
    expect(problems).toEqual([
      { line: 3, text: "“not a time” is no time in whole milliseconds since 1970" },
      { line: 4, text: "“Sensor A” is no entity id" },
      { line: 5, text: "has 2 fields instead of 3" },
      { line: 6, text: "has 4 fields instead of 3" },
      { line: 7, text: "a quoted field is not closed, or has text behind it" },
      { line: 9, text: "the state is longer than 255 characters" },
      { line: 10, text: "“1e3” is no time in whole milliseconds since 1970" },
      { line: 12, text: "the state is not UTF-8" },
    ]);
  });

  it("that was cut off while it was compressed gives what came before, and says so", async () => {
    const rows = Array.from({ length: 20_000 }, (_, time) => csvLine(a(time, String(time * 7919)))).join("");
    const whole = gzipSync(header + rows);
    const { samples, failure } = await read(whole.subarray(0, whole.length / 2));
    expect(failure).toMatchObject({ code: "SOURCE_UNREADABLE", message: expect.stringContaining("cut off") as string });
    expect(samples.length).toBeGreaterThan(5_000);
    expect(samples).toEqual(samples.map((_, time) => a(time, String(time * 7919))));
  });

  it.each([
    ["empty", ""],
    ["without the header", "sensor.a,1,5\n"],
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["with a header that lacks a column", "entity_id,state\nsensor.a,5\n"],
  ])("that is none (%s) is refused with a remedy", async (_what, content) => {
    const { failure, samples } = await read(content);
    expect(samples).toEqual([]);
    expect(failure).toMatchObject({
      code: "SOURCE_UNREADABLE",
      remedy: expect.stringContaining("entity_id,timestamp_ms,state") as string,
    });
  });

  it("that does not exist, or is a folder, is refused with its name", async () => {
    await expect(openSource(folder.at("none.csv"))).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
    await expect(openSource(folder.path)).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringContaining("it is a folder") as string,
    });
  });

  it("holds a burst of one millisecond as a sequence in one batch; a repetition comes in a later one", async () => {
    const burst = [a(1, "A"), a(1, "B"), a(1, "A")];
    const text = burst.map(csvLine).join("") + csvLine(a(2, "C"));
    const { batches } = await read(header + text + text);
    expect(batches).toEqual([
      [...burst, a(2, "C")],
      [...burst, a(2, "C")],
    ]);
  });
});

describe("what is written as CSV", () => {
  it("is read back to the byte", async () => {
    const samples = fc.array(
      fc.record({
        entityId: fc.constantFrom("sensor.a", "binary_sensor.b_2"),
        state: fc.string({ unit: "binary", maxLength: 100 }).filter((text) => text.isWellFormed()),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(samples, async (drawn) => {
        const rows = drawn.map((sample, time) => ({ ...sample, time }));
        const { samples: back, problems } = await read(csvHeader + rows.map(csvLine).join(""));
        expect(problems).toEqual([]);
        expect(back).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });
});

describe("Home Assistant's history export", () => {
  it("gives every row, with its times to the millisecond", async () => {
    const { samples, problems } = await read(
      "entity_id,state,last_changed\nsensor.a,21.50,2026-11-20T20:39:05.557571+00:00\nsensor.a,unavailable,2026-11-20T22:39:06.000Z\n" +
        "sensor.a,on,2026-11-20 22:39:06+02:00\n",
    );
    expect(problems).toEqual([]);
    expect(samples).toEqual([
      a(Date.UTC(2026, 10, 20, 20, 39, 5, 558), "21.50"),
      a(Date.UTC(2026, 10, 20, 22, 39, 6), "unavailable"),
      a(Date.UTC(2026, 10, 20, 20, 39, 6), "on"),
    ]);
  });

  it("names times without a zone, and leaves them out", async () => {
    const { samples, problems } = await read(
      "entity_id,state,last_changed\nsensor.a,1,2026-11-20T20:39:05\nsensor.a,2,yesterday\n",
    );
    expect(samples).toEqual([]);
    expect(problems).toEqual([
      { line: 2, text: "“2026-11-20T20:39:05” is no time with a zone" },
      { line: 3, text: "“yesterday” is no time with a zone" },
    ]);
  });
});

describe("InfluxDB's line protocol", () => {
  it("gives the states that Home Assistant wrote, whatever the precision of their times", async () => {
    const { samples, problems } = await read(
      [
        "# INFLUXDB EXPORT: 1677-09-21T00:12:43Z",
        "CREATE DATABASE home WITH NAME autogen",
        'W,domain=sensor,entity_id=a friendly_name_str="A, the \\"first\\"",value=12.5 1700000000123456789',
        "W,domain=sensor,entity_id=a value=13i 1700000001123457",
        "\u00B0C,domain=sensor,entity_id=a,source=HA value=-0.5 1700000002123",
        'state,domain=sensor,entity_id=a state="Aus\\\\ \u00e4" 1700000003',
        'units\\ of\\,x,domain=sensor,entity_id=a friendly_name_str="A" 1700000004000',
        "binary_sensor.door,domain=binary_sensor,entity_id=door value=1 1700000005000",
        'binary_sensor.door,domain=binary_sensor,entity_id=door state="on",value=1 1700000005000',
      ].join("\n"),
    );
    expect(problems).toEqual([]);
    expect(samples).toEqual([
      a(1_700_000_000_123, "12.5"),
      a(1_700_000_001_123, "13"),
      a(1_700_000_002_123, "-0.5"),
      a(1_700_000_003_000, "Aus\\ \u00e4"),
      { entityId: "binary_sensor.door", time: 1_700_000_005_000, state: "on" },
    ]);
  });

  it("names lines that are none, and goes on behind them", async () => {
    const good = "W,domain=sensor,entity_id=a value=1 1700000000000";
    const bad = [
      "W,domain value=1 1700000000000",
      "W,domain=sensor,entity_id=a",
      "W,domain=sensor,entity_id=a value= 1700000000000",
      "W,domain=sensor,entity_id=a value=1",
      "W,domain=sensor,entity_id=a value=1 now",
      "W,domain=sensor,entity_id=A!b value=1 1700000000000",
      'W,domain=sensor,entity_id=a state="never closed 1700000000000',
    ];
    const { samples, problems } = await read([good, ...bad, good.replace("value=1", "value=2")].join("\r\n"));
    expect(samples.map(({ state }) => state)).toEqual(["1", "2"]);
    expect(problems.map(({ line }) => line)).toEqual(bad.map((_, index) => index + 2));
  });

  it("is read the same however it is cut into pieces, and never fails", async () => {
    const line = fc.stringMatching(/^[ -~]{0,60}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const { failure } = await read(["W,domain=sensor,entity_id=a value=1 1700000000000", ...lines].join("\n"));
        expect(failure).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });
});
