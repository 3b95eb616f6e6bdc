import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Daemon, runCadence } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function json(argv: readonly string[]): Promise<{ code: number | null; document: Record<string, unknown> }> {
  const { code, stdout } = await runCadence([...argv, "--json"]);
  return { code, document: JSON.parse(stdout) as Record<string, unknown> };
}

describe("backups from the command line", () => {
  it("are made beside a running daemon, checked, and restored when it has stopped", async () => {
    const store = folder.at("store");
    await using daemon = new Daemon(["demo", "--store", store], { environment: { CADENCE_PANEL_PORT: "0" } });
    await daemon.until(({ storage }) => storage.samples > 50_000);
    const made = await json(["store", "backup", "--store", store]);
    expect(made.code).toBe(0);
    const name = made.document["name"] as string;
    const refused = await json(["store", "restore", name, "--store", store]);
    expect([refused.code, refused.document]).toMatchObject([1, { error: { code: "STORE_LOCKED" } }]);
    expect(await daemon.kill("SIGINT")).toBe(0);

    expect(await json(["store", "backups", "--verify", "--store", store])).toMatchObject({
      code: 0,
      document: { backups: [{ name, ok: true, faults: 0 }] },
    });
    const before = await json(["store", "info", "--store", store]);
    const restored = await json([
      "store",
      "restore",
      "--at",
      new Date(Date.now() + 60_000).toISOString(),
      "--store",
      store,
    ]);
    expect(restored).toMatchObject({ code: 0, document: { from: name } });
    const after = await json(["store", "info", "--store", store]);
    expect(Number(after.document["samples"])).toBeGreaterThan(50_000);
    expect(Number(after.document["samples"])).toBeLessThanOrEqual(Number(before.document["samples"]));
    expect((await json(["store", "verify", "--store", store])).code).toBe(0);
    expect((await json(["store", "backup", "--keep", "1", "--store", store])).document["removed"]).toEqual([
      name,
      restored.document["before"],
    ]);
  }, 60_000);

  it("are where a repair finds what cannot be read; a query sums up what is there", async () => {
    const store = folder.at("repaired");
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `sensor.a,${index * 60_000},${(index * index * 7) % 997}`,
    );
    writeFileSync(folder.at("many.csv"), `entity_id,timestamp_ms,state\n${rows.join("\n")}\n`);
    expect((await runCadence(["replay", folder.at("many.csv"), "--store", store])).code).toBe(0);
    expect((await json(["store", "backup", "--store", store])).code).toBe(0);
    const chunks = readdirSync(store).filter((name) => name.startsWith("chunk-"));
    // The first holds nothing but values.
    const [first] = chunks.toSorted();
    // The backup shares the bytes of a file that never changes: break the link, then the bytes.
    const bytes = readFileSync(`${store}/${first}`);
    rmSync(`${store}/${first}`);
    writeFileSync(`${store}/${first}`, bytes.fill(0x55, 200, 260));
    const found = await runCadence(["store", "verify", "--store", store]);
    expect([found.code, found.stdout]).toEqual([3, expect.stringContaining("values of sensor.a from 1970-01-01")]);
    const repaired = await json(["store", "verify", "--repair", "--store", store]);
    expect(repaired).toMatchObject({ code: 0, document: { faults: 1, lost: [], left: 0 } });
    expect((await json(["store", "verify", "--store", store])).code).toBe(0);
    const days = await json(["store", "query", "sensor.a", "--step", "1d", "--store", store]);
    const counts = (days.document["rows"] as { samples: number }[]).map(({ samples }) => samples);
    expect(counts).toEqual([...Array<number>(13).fill(1_440), 1_280]);
    const table = await runCadence(["store", "query", "sensor.a", "--step", "1d", "--store", store]);
    expect(table.stdout.split("\n")[1]).toMatch(/^1970-01-01 00:00:00 +1,440 +0 +[\d.]+ +995$/);
  }, 60_000);

  it("are made and restored from the panel: the program starts anew on what was restored, and keeps what it replaced", async () => {
    const store = folder.at("restored-by-panel");
    const port = await freePort();
    const environment = { CADENCE_PANEL_PORT: String(port) };
    await using daemon = new Daemon(["demo", "--speed", "60", "--store", store], { environment });
    const post = async (path: string): Promise<number> => {
      const url = new URL(path, await daemon.address());
      return (await fetch(url, { method: "POST", headers: { "x-modbus-cadence": "1" } })).status;
    };
    const backups = async (): Promise<{ name: string }[]> => {
      const answer = await fetch(new URL("api/storage", await daemon.address()));
      return ((await answer.json()) as { backups: { name: string }[] }).backups;
    };
    await daemon.until(({ storage }) => storage.samples > 50_000);
    expect(await post("api/storage/backup")).toBe(204);
    await expect.poll(backups, { timeout: 20_000, interval: 500 }).toHaveLength(1);
    const [made] = await backups();
    expect(await post("api/storage/restore?name=2020-01-01T00-00-00Z")).toBe(404);
    const { product } = await daemon.overview();
    expect(await post(`api/storage/restore?name=${made?.name}`)).toBe(204);
    await daemon.logged(/The store was restored/, 30_000);
    // The same process, the same address, a new beginning.
    await expect
      .poll(
        () =>
          daemon.overview().then(
            ({ product: { startedAt } }) => startedAt,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBeGreaterThan(product.startedAt);
    await daemon.until(({ storage, connection }) => storage.samples > 50_000 && connection.state === "live");
    await expect.poll(backups, { timeout: 20_000, interval: 500 }).toHaveLength(2);
    expect(await daemon.kill("SIGINT")).toBe(0);
    expect((await json(["store", "verify", "--store", store])).code).toBe(0);
  }, 90_000);

  it("are wrongly asked for with a sentence", async () => {
    writeFileSync(folder.at("one.csv"), "entity_id,timestamp_ms,state\nsensor.a,1,5\n");
    const store = folder.at("small");
    expect((await runCadence(["replay", folder.at("one.csv"), "--store", store])).code).toBe(0);
    for (const [argv, code, words] of [
      [["store", "restore"], 2, "needs either the name of a backup or --at TIME"],
      [["store", "restore", "a", "--at", "2026-01-01"], 2, "needs either the name of a backup or --at TIME"],
      [["store", "restore", "2026-01-01T00-00-00Z"], 1, "There is no backup 2026-01-01T00-00-00Z."],
      [["store", "restore", "--at", "2001-01-01"], 1, "There is no backup from before 2001-01-01."],
      [["store", "backup", "--keep", "0"], 2, "--keep must be a whole number from 1 on"],
      [["store", "compact", "--store", folder.at("none")], 1, "There is no store in"],
    ] as const) {
      const { code: ended, stderr } = await runCadence([
        ...argv,
        ...(argv.includes("--store" as never) ? [] : ["--store", store]),
      ]);
      expect([argv, ended]).toEqual([argv, code]);
      expect(stderr).toContain(words);
    }
  });
});
