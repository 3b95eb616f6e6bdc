import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, Daemon, runCadence } from "../support/daemon.ts";
import { seeded } from "../support/random.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../support/shared-data.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const header = "entity_id,timestamp_ms,state";

/** Rows of a CSV file without its header. */
function rowsOf(path: string): string[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  return text
    .split("\n")
    .slice(1)
    .filter((row) => row !== "");
}

/** Rows by entity and time; rows of one entity and millisecond keep their order. */
function inOrder(rows: readonly string[]): string[] {
  const key = (row: string): [string, number] => {
    const [entityId = "", time = ""] = row.split(",", 2);
    return [entityId, Number(time)];
  };
  return rows
    .map((row) => ({ row, key: key(row) }))
    .toSorted((a, b) => (a.key[0] < b.key[0] ? -1 : a.key[0] > b.key[0] ? 1 : a.key[1] - b.key[1]))
    .map(({ row }) => row);
}

async function replay(store: string, files: readonly string[]) {
  const { code, stdout, stderr } = await runCadence(["replay", ...files, "--store", store, "--json"]);
  expect({ code, stderr: stderr.replaceAll(/^.*% *,.*\n/gm, "") }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as { samples: number; stored: number; entities: number; bytesWritten: number };
}

let exports = 0;
async function exported(store: string): Promise<string[]> {
  const target = folder.at(`export-${(exports += 1)}`);
  expect((await runCadence(["store", "export", "--store", store, "--to", target])).code).toBe(0);
  expect(readFileSync(join(target, "samples.csv"), "utf8").split("\n")[0]).toBe(header);
  return rowsOf(join(target, "samples.csv"));
}

/** A day of a house in two files that overlap; numbers, texts, outages, and three states on one millisecond. */
function writeHouse(): { files: string[]; rows: string[] } {
  const random = seeded(1);
  const rows: string[] = [];
  for (let entity = 0; entity < 20; entity += 1) {
    let last = "";
    for (let second = 0; second < 30_000; second += 2 + Math.floor(random() * 8)) {
      const state =
        random() < 0.001
          ? "unavailable"
          : (20 + Math.sin(second / 900 + entity) * 5 + random() / 5).toFixed(1 + (entity % 3));
      if (state !== last) rows.push(`sensor.house_${entity},${1_700_000_000_000 + second * 1_000 + entity},${state}`);
      last = state;
    }
  }
  rows.push(
    ...["A", "B", "A"].map((state) => `sensor.burst,1700000000000,${state}`),
    'sensor.text,1700000000500,"a ""b"", c"',
  );
  const half = Math.floor(rows.length * 0.6);
  mkdirSync(folder.at("house"));
  writeFileSync(folder.at("house", "first.csv"), `${header}\n${rows.slice(0, half).join("\n")}\n`);
  writeFileSync(folder.at("house", "second.csv.gz"), gzipSync(`${header}\n${rows.slice(half - 500).join("\n")}\n`));
  return { files: [folder.at("house", "first.csv"), folder.at("house", "second.csv.gz")], rows: inOrder(rows) };
}

describe("files of samples", () => {
  let house: ReturnType<typeof writeHouse>;
  beforeAll(() => {
    house = writeHouse();
  });

  it("go in and come out row for row; doubled rows once; a second replay stores nothing new", async () => {
    const store = folder.at("store");
    expect(await replay(store, house.files)).toMatchObject({ stored: house.rows.length, entities: 22 });
    expect(await exported(store)).toEqual(house.rows);
    expect(await replay(store, house.files)).toMatchObject({ stored: 0 });
    expect(await exported(store)).toEqual(house.rows);
    const verified = await runCadence(["store", "verify", "--store", store, "--json"]);
    expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([0, { ok: true, faults: [] }]);
  });

  it("killed with -9 at any time, and repeated, give the same export", async () => {
    const store = folder.at("killed");
    const random = seeded(2);
    for (let round = 0; round < 4; round += 1) {
      await using daemon = new Daemon(["replay", ...house.files, "--store", store]);
      await pause(250 + random() * 600);
      await daemon.kill("SIGKILL");
    }
    await replay(store, house.files);
    expect(await exported(store)).toEqual(house.rows);
    expect((await replay(store, house.files)).stored).toBe(0);
    expect((await runCadence(["store", "verify", "--store", store])).code).toBe(0);
  });

  it("are reported, and found again by entity and time", async () => {
    const store = folder.at("store");
    const report = await runCadence(["report", "--store", store, "--json"]);
    const { entities } = JSON.parse(report.stdout) as {
      entities: { entityId: string; samples: number; kind: string }[];
    };
    const expected = house.rows.filter((row) => row.startsWith("sensor.house_3,"));
    expect(entities.length).toBe(22);
    expect(entities.find(({ entityId }) => entityId === "sensor.house_3")).toMatchObject({
      samples: expected.length,
      kind: "numeric",
    });
    const query = async (...range: string[]): Promise<string> =>
      (await runCadence(["store", "query", "sensor.house_3", "--store", store, ...range])).stdout;
    const between = expected.filter(
      (row) => Number(row.split(",")[1]) >= 1_700_001_000_000 && Number(row.split(",")[1]) < 1_700_002_000_000,
    );
    const range = ["--from", "1700001000000", "--to", "1700002000000"];
    expect((await query(...range)).split("\n").slice(1, -1)).toEqual(between);
    const json = async (...asked: string[]): Promise<unknown> => JSON.parse(await query("--json", ...asked));
    const rowsOf = (lines: readonly string[]): unknown[] =>
      lines.map((line) => ({ time: Number(line.split(",")[1]), state: line.split(",")[2] }));
    expect(await json(...range)).toEqual({ entityId: "sensor.house_3", rows: rowsOf(between) });
    expect(await json()).toEqual({ entityId: "sensor.house_3", rows: rowsOf(expected) });
    expect(await json("--to", "5")).toEqual({ entityId: "sensor.house_3", rows: [] });
    const info = JSON.parse((await runCadence(["store", "info", "--store", store, "--json"])).stdout) as object;
    expect(info).toMatchObject({
      entities: 22,
      samples: house.rows.length,
      oldest: 1_700_000_000_000,
      damagedFrames: 0,
    });
  });

  it("with lines that are no samples give the others, each named by its line, and exit code 3", async () => {
    const path = folder.at("broken.csv");
    writeFileSync(path, `${header}\nsensor.a,1,5\nsensor.a,yesterday,6\nsensor.a,3,7\n`);
    const { code, stdout, stderr } = await runCadence(["replay", path, "--store", folder.at("broken")]);
    expect(code).toBe(3);
    expect(stderr).toContain(
      `${path}, line 3: “yesterday” is no time in whole milliseconds since 1970. The line was left out.`,
    );
    expect(stdout).toContain("1 lines were no values and were left out.");
    expect(await exported(folder.at("broken"))).toEqual(["sensor.a,1,5", "sensor.a,3,7"]);
  });
});

describe.skipIf(!hasSharedData)(`the eight real recordings (${withoutSharedData})`, () => {
  it("go in and come out row for row, and a second time store nothing new", async () => {
    const files = readdirSync(join(sharedData, "series")).map((name) =>
      join(sharedData, "series", name, "series.csv.gz"),
    );
    expect(files.length).toBe(8);
    const store = folder.at("recordings");
    const rows = inOrder(files.flatMap(rowsOf));
    await replay(store, files);
    const back = await exported(store);
    expect(back.length).toBe(rows.length);
    expect(back.every((row, index) => row === rows[index])).toBe(true);
    expect((await replay(store, files)).stored).toBe(0);
  }, 60_000);
});
