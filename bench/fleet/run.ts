/** How fast samples go into a PostgreSQL server, beside plain COPY of the same rows into the same kind of table: `npm run bench -- fleet [--samples N] [--url postgres://…]`. Without an address the machine's own server is started for it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { silentLogger } from "../../src/core/logger.ts";
import { SiteSamples, type SiteSample } from "../../src/storage/index.ts";
import { postgresFolder, PostgresServer } from "../../test/support/postgres-server.ts";

const entities = 200;
const perCall = 50_000;

export async function runFleetBench(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { samples: { type: "string", default: "1000000" }, url: { type: "string" } },
  });
  if (values.url === undefined && postgresFolder() === undefined) {
    process.stderr.write("This machine has no PostgreSQL (apt-get install postgresql), and --url names none.\n");
    process.exitCode = 2;
    return;
  }
  await using resources = new AsyncDisposableStack();
  const url = values.url ?? resources.use(await PostgresServer.start({ isDurable: true })).url;
  const count = Number(values.samples);
  const samples = Array.from({ length: count }, (_, index): SiteSample => {
    const row = Math.floor(index / entities);
    return {
      entityId: `sensor.value_${index % entities}`,
      time: Date.UTC(2026, 9, 1) + row * 10_000 + (index % entities),
      state: String(Math.round(2_000 + 900 * Math.sin(row / 300) + ((index * 7_919) % 40)) / 10),
    };
  });
  const site = await SiteSamples.open({ url, site: "bench", logger: silentLogger, connections: 2 });
  resources.use(site);
  const client = new Client({ connectionString: url });
  await client.connect();
  resources.defer(() => client.end());
  // Partitions and numbers are made once in a site's life.
  await site.append(samples.slice(0, entities));
  await client.query(`drop table if exists plain_copy;
    create table plain_copy (site smallint not null, entity integer not null, time timestamptz not null, place smallint not null,
      state text not null, value double precision, primary key (site, entity, time, place))`);
  const rates: { name: string; perSecond: number }[] = [];
  for (const round of [1, 2, 3]) {
    const begin = performance.now();
    const copied = await copy(url, samples, round);
    rates.push({ name: "COPY", perSecond: copied / ((performance.now() - begin) / 1_000) });
    const shifted = samples.map((sample) => ({ ...sample, time: sample.time + round * 7_000_001 * 1_000 }));
    await site.append(shifted.slice(0, 1));
    const begun = performance.now();
    let stored = 0;
    for (let at = 0; at < shifted.length; at += perCall)
      stored += await site.append(shifted.slice(at, at + perCall), (shifted[at] as SiteSample).time);
    rates.push({ name: "Cadence", perSecond: stored / ((performance.now() - begun) / 1_000) });
  }
  const best = (name: string): number =>
    Math.max(...rates.filter((rate) => rate.name === name).map(({ perSecond }) => perSecond));
  const [ours, plain] = [best("Cadence"), best("COPY")];
  const { rows } = await client.query<{ version: string }>("select version()");
  process.stdout.write(
    `${rows[0]?.version ?? ""}\n${count.toLocaleString("en")} samples of ${entities} entities, the best of three\n`,
  );
  process.stdout.write(`COPY, own primary key      ${Math.round(plain).toLocaleString("en").padStart(9)} samples/s\n`);
  process.stdout.write(
    `Cadence, counted, no doubles ${Math.round(ours).toLocaleString("en").padStart(7)} samples/s   ${(ours / plain).toFixed(2)} of COPY\n`,
  );
}

/** By psql, from its standard input. */
async function copy(url: string, samples: readonly SiteSample[], round: number): Promise<number> {
  const child = spawn("psql", [url, "-q", "-c", "copy plain_copy from stdin"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  for (let at = 0; at < samples.length; at += 10_000) {
    const text = samples
      .slice(at, at + 10_000)
      .map(
        ({ entityId, time, state }) =>
          `${round}\t${entityId.slice(13)}\t${new Date(time).toISOString()}\t0\t${state}\t${state}\n`,
      )
      .join("");
    if (!child.stdin.write(text)) await once(child.stdin, "drain");
  }
  child.stdin.end();
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error("psql could not copy.");
  return samples.length;
}
