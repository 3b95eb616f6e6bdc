import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HourStatistics } from "#model/hour-statistics.ts";
import type { ReadGap } from "#model/read-gap.ts";
import type { Sample } from "#model/sample.ts";
import { openSource } from "#sources/open-source.ts";
import { recorderAsSql } from "../support/recorder-copy.ts";
import { sharedData } from "../support/shared-data.ts";
import { Bench } from "./bench.ts";

const directory = mkdtempSync(join(tmpdir(), "cadence-recorder-"));
const file = join(directory, "home-assistant_v2.db");
let expected: Read;

beforeAll(async () => {
  writeFileSync(file, gunzipSync(readFileSync(join(sharedData, "home-assistant", "recorder-normal.db.gz"))));
  expected = await readAll(file);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Read {
  readonly samples: Sample[];
  readonly hours: HourStatistics[];
  readonly readGaps: ReadGap[];
}

async function readAll(path: string, after?: string): Promise<Read> {
  const read: Read = { samples: [], hours: [], readGaps: [] };
  for await (const batch of (await openSource(path)).read(after === undefined ? {} : { after })) {
    read.samples.push(...batch.samples);
    read.hours.push(...(batch.hours ?? []));
    read.readGaps.push(...(batch.readGaps ?? []));
  }
  return read;
}

/** What is promised of a recorder on a server: the same as of the file it was copied from. */
async function checkServer(url: string): Promise<void> {
  expect(expected.samples.length).toBeGreaterThan(3_000);
  expect(expected.readGaps.length).toBeGreaterThan(2_000);
  expect(expected.hours.length).toBe(12);
  expect(await readAll(url)).toEqual(expected);
  const source = await openSource(url);
  expect(source.path).not.toContain("bench");
  expect(await source.identity()).not.toContain("bench");
  let position: string | undefined;
  for await (const batch of source.read()) position = batch.position ?? position;
  expect(await readAll(url, position)).toEqual({ samples: [], hours: [], readGaps: [] });
  await expect(readAll(url.replace(":bench@", ":wrong@"))).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
  await expect(readAll(url.replace(/:\d+\//, ":1/"))).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
}

describe("a recorder data base of PostgreSQL", () => {
  it("gives the same samples as the SQLite file it was copied from", async () => {
    await Bench.start();
    const url = await Bench.postgres();
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const statement of recorderAsSql(file)) await client.query(statement);
    await client.end();
    await checkServer(url);
  });
});

const hasMariadb = spawnSync("which", ["mariadbd"]).status === 0;

describe.skipIf(!hasMariadb)("a recorder data base of MariaDB (left out where mariadbd is not installed)", () => {
  const data = join(directory, "mariadb");
  const port = 13_306;

  it("gives the same samples as the SQLite file it was copied from", async () => {
    const whose = `--user=${userInfo().username}`;
    const made = spawnSync(
      "mariadb-install-db",
      ["--no-defaults", `--datadir=${data}`, whose, "--auth-root-authentication-method=normal"],
      { encoding: "utf8" },
    );
    expect(made.status, made.stderr).toBe(0);
    const server = spawn(
      "mariadbd",
      [
        "--no-defaults",
        `--datadir=${data}`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        whose,
        `--socket=${join(data, "socket")}`,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    try {
      await ready(server.stderr);
      const root = await createConnection({ host: "127.0.0.1", port, user: "root" });
      await root.query("create database ha");
      await root.query("create user bench@'127.0.0.1' identified by 'bench'");
      await root.query("grant all on ha.* to bench@'127.0.0.1'");
      await root.query("use ha");
      for (const statement of recorderAsSql(file)) await root.query(statement);
      await root.end();
      await checkServer(`mysql://bench:bench@127.0.0.1:${port}/ha`);
    } finally {
      server.kill("SIGKILL");
      await once(server, "close");
    }
  });
});

/** Resolves when MariaDB says so; rejects with what it said when it ends before. */
async function ready(log: Readable): Promise<void> {
  let said = "";
  for await (const part of log.setEncoding("utf8")) {
    said += String(part);
    if (!said.includes("ready for connections")) continue;
    // Nobody reads on: it must not wait for that.
    log.resume();
    return;
  }
  throw new Error(said);
}
