import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type LegacyData, readLegacyFolders } from "#sources/legacy/legacy-folder.ts";
import { findLegacyFolders } from "#sources/legacy/legacy-home.ts";
import { legacyRound } from "../../support/legacy-round.ts";
import { hasSharedData, sharedData } from "../../support/shared-data.ts";
import { TemporaryFolder } from "../../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(folder.at(path)), { recursive: true });
  writeFileSync(folder.at(path), content);
}

const record = (updated: number, polls = 1, more = ""): string =>
  `{"poll_count": ${polls}, "last_stats_update": ${updated}.0${more}}`;
const read = (zone?: string): Promise<LegacyData> =>
  readLegacyFolders([folder.path], zone === undefined ? {} : { zone });
const fileIn = (data: LegacyData, path: string): LegacyData["report"]["files"][number] | undefined =>
  data.report.files.find((file) => file.path === path);

interface Expected {
  readonly entities: number;
  readonly entity_poll_count_sum: number;
  readonly interval_history: { readonly entities: number; readonly records: number };
  readonly patterns: number;
  readonly clusters: { readonly count: number; readonly members: number };
  readonly correlation: { readonly rows: number; readonly values: number; readonly unordered_pairs: number };
  readonly newest_source_counts: Readonly<Record<string, number>>;
  readonly only_in_one_file: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, { bytes: number; parses: boolean; complete_members: number }>>;
  readonly newest: Readonly<Record<string, readonly [polls: number, updated: number]>>;
}

describe.skipIf(!hasSharedData)(
  "the folders the old package's own code wrote (left out where they are not there)",
  () => {
    const all = hasSharedData
      ? (JSON.parse(readFileSync(join(sharedData, "legacy", "expected.json"), "utf8")) as Record<string, Expected>)
      : {};
    it.each(Object.entries(all))("%s holds what is expected, and nothing else", async (name, expected) => {
      const { statistics, report } = await readLegacyFolders([join(sharedData, "legacy", name)], {
        zone: "Europe/Berlin",
      });
      const { totals } = report;
      expect(totals).toMatchObject({
        entities: expected.entities,
        polls: expected.entity_poll_count_sum,
        history: expected.interval_history,
        patterns: expected.patterns,
        clusters: expected.clusters,
        correlation: {
          rows: expected.correlation.rows,
          values: expected.correlation.values,
          pairs: expected.correlation.unordered_pairs,
        },
      });
      expect(
        Object.fromEntries(statistics.map((each) => [each.name, [each.polls, (each.updated ?? 0) / 1_000]])),
      ).toEqual(expected.newest);
      const files = report.files.map(({ path, bytes, parses, completeMembers }) => [
        path,
        { bytes, parses, complete_members: completeMembers },
      ]);
      expect(Object.fromEntries(files)).toEqual(expected.files);
      const sources: Record<string, number> = {};
      for (const { source } of statistics) {
        const group = source.startsWith("chunks/entity_stats/") ? "chunks/entity_stats/*" : source;
        sources[group] = (sources[group] ?? 0) + 1;
      }
      expect(sources).toEqual(expected.newest_source_counts);
      for (const [entity, path] of Object.entries(expected.only_in_one_file))
        expect(statistics.find((each) => each.name === entity)?.source).toBe(path);
    });
  },
);

describe("a record", () => {
  it("has its fields under the names of today, its times with the zone, and the rest as extra", async () => {
    write(
      "entity_stats.json",
      `{"sensor.a": ${record(1_754_595_600, 2_161, ', "last_success_time": "2025-08-07 21:40:00", "predicted_next_change": "2025-10-26T02:30:00", "recent_values": [1.5, NaN, 9223372036854775807, "on", true], "value_changes": "many", "anything": {"a": [1]}, "pattern_since": null')}}`,
    );
    const { statistics } = await read("Europe/Berlin");
    expect(statistics).toEqual([
      {
        name: "sensor.a",
        entityId: "sensor.a",
        source: "entity_stats.json",
        updated: 1_754_595_600_000,
        polls: 2_161,
        lastSuccess: { text: "2025-08-07 21:40:00", time: 1_754_595_600_000 },
        predictedChange: { text: "2025-10-26T02:30:00" },
        recentValues: [1.5, null, "9223372036854775807", "on", true],
        extra: { value_changes: "many", anything: { a: [1] } },
      },
    ]);
    expect((await read()).statistics[0]?.lastSuccess).toEqual({ text: "2025-08-07 21:40:00" });
  });

  it("is the freshest of all files, whatever they are called and wherever they stand", async () => {
    write("entity_stats.json", `{"sensor.a": ${record(1_754_000_001)}, "sensor.b": ${record(1_754_000_009)}}`);
    write("entity_stats.tmp", `{"sensor.a": ${record(1_754_000_002)}, "sensor.b": ${record(1_754_000_009)}}`);
    write("chunks/entity_stats_0.json", `{"sensor.c": ${record(1_754_000_001)}}`);
    write("chunks/entity_stats/7.json.gz", gzipSync(`{"sensor.c": ${record(1_754_000_005)}}`));
    write("archives/entity_stats_3.json.bak", `{"sensor.d": ${record(1_754_000_001)}}`);
    write("archives/backup_20250807_194000/original/entity_stats.json", `{"sensor.e": ${record(1_754_000_001)}}`);
    const { statistics, report } = await read();
    expect(Object.fromEntries(statistics.map(({ name, source }) => [name, source]))).toEqual({
      "sensor.a": "entity_stats.tmp",
      "sensor.b": "entity_stats.json",
      "sensor.c": "chunks/entity_stats/7.json.gz",
      "sensor.d": "archives/entity_stats_3.json.bak",
      "sensor.e": "archives/backup_20250807_194000/original/entity_stats.json",
    });
    expect(report.totals.shadowed).toBe(3);
  });

  it("that is a placeholder is none; one under a number of seconds is kept without an entity", async () => {
    write(
      "entity_stats.json",
      `{"dummy": {}, "30": ${record(1_754_000_001)}, "Phase 1 Voltage": ${record(1_754_000_001)}}`,
    );
    const { statistics, report } = await read();
    expect(statistics.map(({ name, entityId }) => [name, entityId])).toEqual([
      ["30", undefined],
      ["Phase 1 Voltage", undefined],
    ]);
    expect(fileIn({ statistics, report } as unknown as LegacyData, "entity_stats.json")?.placeholders).toBe(1);
    expect(report.totals.unattributed).toBe(2);
  });

  it("that only the index names is a ghost; the index is not asked where anything is", async () => {
    write("chunks/entity_stats/0.json", `{"sensor.a": ${record(1_754_000_001)}}`);
    write("indexes/entity_index.json", '{"sensor.a": "55", "sensor.ghost": 3, "dummy": 1}');
    const { statistics, report } = await read();
    expect(statistics.map(({ name }) => name)).toEqual(["sensor.a"]);
    expect(report.ghosts).toEqual(["sensor.ghost"]);
  });
});

describe("decisions about intervals", () => {
  const decision = (time: number, interval: number): string =>
    `{"timestamp": ${time}.5, "interval": ${interval}, "pattern": 2}`;

  it("are those of all files together, in both shapes, and of a list that was cut off all that are whole", async () => {
    write(
      "interval_history.json",
      `{"sensor.a": [${decision(1_754_000_001, 5)}, ${decision(1_754_000_002, 6)}, {"timestamp": 17540`,
    );
    write(
      "metadata/interval_history.json",
      `{"entities": {"sensor.a": {"history": [${decision(1_754_000_002, 6)}, ${decision(1_754_000_003, 7)}]}}}`,
    );
    const { history, report } = await read();
    expect(history.map(({ entityId, time, interval }) => [entityId, time, interval])).toEqual([
      ["sensor.a", 1_754_000_001_500, 5],
      ["sensor.a", 1_754_000_002_500, 6],
      ["sensor.a", 1_754_000_003_500, 7],
    ]);
    expect(history[0]).toMatchObject({ origin: "legacy", extra: { pattern: 2 } });
    expect(fileIn({ report } as LegacyData, "interval_history.json")).toMatchObject({
      state: "taken",
      taken: 2,
      parses: false,
    });
    expect(fileIn({ report } as LegacyData, "metadata/interval_history.json")).toMatchObject({ taken: 1, shadowed: 1 });
  });
});

describe("files", () => {
  it("are told by what they hold where their names are wrong", async () => {
    write("clusters.json", `{"sensor.a": ${record(1_754_000_001)}}`);
    write("entity_stats.json", '{"cluster_0": ["sensor.a", "sensor.b"]}');
    write("meta.json", `{"sensor.a": [{"timestamp": 1754000001.0, "interval": 30}]}`);
    const { report } = await read();
    expect(report.totals).toMatchObject({ entities: 1, history: { records: 1 }, clusters: { count: 1, members: 2 } });
  });

  it("of UTF-16, with a mark in front, or packed under a plain name are read", async () => {
    const text = (name: string): string => `{"${name}": ${record(1_754_000_001)}}`;
    write("entity_stats.json", Buffer.from(text("sensor.a"), "utf16le"));
    write("entity_stats.tmp", Buffer.from(`\uFEFF${text("sensor.b")}`));
    write("entity_stats.json.bak", gzipSync(text("sensor.c")));
    write("chunks/entity_stats/1.json.gz", Buffer.from(text("sensor.d"), "utf16le").swap16());
    expect((await read()).statistics.map(({ name }) => name).toSorted()).toEqual([
      "sensor.a",
      "sensor.b",
      "sensor.c",
      "sensor.d",
    ]);
  });

  it("of which a packed one is cut off give what is in front of that", async () => {
    const members = Array.from(
      { length: 200 },
      (_, index) => `"sensor.s${index}": ${record(1_754_000_000 + index, index * 7_919)}`,
    );
    const packed = gzipSync(`{${members.join(", ")}}`);
    write("chunks/entity_stats/1.json.gz", packed.subarray(0, packed.length / 2));
    const { statistics, report } = await read();
    expect(statistics.length).toBeGreaterThan(20);
    expect(statistics.length).toBeLessThan(200);
    expect(report.files[0]).toMatchObject({ state: "taken", parses: false });
  });

  it("that cannot be read are named: links, folders, foreign ones, zeros, nothing", async () => {
    write("entity_stats.json", "");
    write("patterns.json", "\0".repeat(500));
    write("clusters.json/inside.txt", "hello");
    write("notes.txt", "hello");
    symlinkSync("/etc/passwd", folder.at("correlation_matrix.json"));
    const { report } = await read();
    expect(Object.fromEntries(report.files.map(({ path, state }) => [path, state]))).toEqual({
      "entity_stats.json": "empty",
      "patterns.json": "unreadable",
      "clusters.json": "folder",
      "clusters.json/inside.txt": "foreign",
      "notes.txt": "foreign",
      "correlation_matrix.json": "link",
    });
  });

  it("of both folder names are found in the folder they are in, and count together", async () => {
    write("modbus_state/entity_stats.json", `{"sensor.a": ${record(1_754_000_001)}}`);
    write(
      "modbus_statistics/entity_stats.json",
      `{"sensor.a": ${record(1_754_000_002)}, "sensor.b": ${record(1_754_000_001)}}`,
    );
    const folders = await findLegacyFolders(folder.path);
    expect(folders).toEqual([folder.at("modbus_state"), folder.at("modbus_statistics")]);
    const { statistics } = await readLegacyFolders(folders);
    expect(statistics.map(({ source }) => source)).toEqual([
      "modbus_statistics/entity_stats.json",
      "modbus_statistics/entity_stats.json",
    ]);
    expect(await findLegacyFolders(folder.at("modbus_state"))).toEqual([folder.at("modbus_state")]);
    await expect(findLegacyFolders(folder.at("nowhere"))).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
  });

  it("that are not there are said so", async () => {
    await expect(readLegacyFolders([folder.at("nowhere")])).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
    write("file", "");
    await expect(readLegacyFolders([folder.at("file")])).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
  });
});

describe("folders that are damaged at random", () => {
  const rounds = 200;
  const first = 20_261_121;
  it(
    `give every record that no damage touched, and are not changed (seeds ${first} to ${first + rounds - 1})`,
    { timeout: 120_000 },
    async () => {
      let looked = 0;
      for (let seed = first; seed < first + rounds; seed += 1) looked += (await legacyRound(seed)).whole;
      expect(looked).toBeGreaterThan(rounds * 10);
    },
  );
});
