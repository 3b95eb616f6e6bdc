import { readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isConnected, type Overview } from "#model/overview.ts";
import { commandTopic } from "#publish/mqtt-discovery.ts";
import { pause } from "../support/daemon.ts";
import type { TestBroker } from "../support/mqtt-broker.ts";
import type { CuttableNetwork } from "./cuttable-network.ts";
import type { SoakHome } from "./soak-home.ts";

/** Something that goes wrong, and how one who looks at the panel would know. */
export interface Trouble {
  readonly name: string;
  readonly endsProcess?: boolean;
  /** Nobody else makes trouble meanwhile. */
  readonly isAlone?: boolean;
  readonly run: () => Promise<void>;
  /** Whether the overview tells of it; `before` is from just before. */
  readonly isSeen: (now: Overview, before: Overview) => boolean;
}

export interface SoakWorld {
  readonly home: SoakHome;
  readonly network: CuttableNetwork;
  readonly broker: TestBroker;
  readonly random: () => number;
  /** The small disk that the store is on; undefined where none could be made. */
  readonly disk: string | undefined;
  /** Where the configuration stands that the daemon reads. */
  readonly configurationFolder: string;
  pid(): number;
  post(path: string): Promise<void>;
  setClock(offset: number): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export function troubles(world: SoakWorld): readonly Trouble[] {
  const { home, network, broker, random, disk } = world;
  const between = (least: number, most: number): number => least + random() * (most - least);
  const seconds = (least: number, most: number): number => Math.round(between(least, most) * 1_000);
  const isAway = ({ connection }: Overview): boolean => !isConnected(connection.state);
  const hasGap = (now: Overview, before: Overview): boolean => now.ingest.gaps > before.ingest.gaps;
  const isAnew = (now: Overview, before: Overview): boolean => now.product.startedAt > before.product.startedAt;
  let standing = 0;
  return [
    {
      name: "kill -9",
      endsProcess: true,
      isAlone: true,
      run: async () => {
        await world.kill();
        await pause(seconds(0, 4));
        await world.restart();
      },
      isSeen: (now, before) => isAnew(now, before) && now.ingest.gaps > 0,
    },
    { name: "restart", endsProcess: true, isAlone: true, run: () => world.restart(), isSeen: isAnew },
    {
      name: "standing still",
      run: async () => {
        standing = seconds(1, 45);
        process.kill(world.pid(), "SIGSTOP");
        await pause(standing);
        process.kill(world.pid(), "SIGCONT");
      },
      isSeen: (now, before) => hasGap(now, before) || (now.ingest.lagMostMilliseconds ?? 0) > standing / 4,
    },
    {
      name: "network cut",
      run: async () => {
        network.cut();
        await pause(seconds(1, 30));
        network.mend();
      },
      isSeen: (now, before) => isAway(now) || hasGap(now, before),
    },
    {
      name: "connections broken",
      run: () => Promise.resolve(network.break()),
      isSeen: (now, before) => isAway(now) || hasGap(now, before),
    },
    {
      name: "Home Assistant restarted",
      run: () => home.restart(() => seconds(1, 5)),
      isSeen: (now, before) => isAway(now) || hasGap(now, before),
    },
    {
      name: "broker gone",
      run: async () => {
        await broker.stop();
        await pause(seconds(2, 10));
        await broker.start();
      },
      isSeen: ({ publishing }) => publishing.cause !== undefined,
    },
    {
      name: "clock set",
      run: async () => {
        await world.setClock(seconds(60, 10_000) * (random() < 0.5 ? -1 : 1));
        await pause(seconds(5, 20));
        await world.setClock(0);
      },
      // Clocks are compared when values come: what happens to them while nobody is connected shows as a gap.
      isSeen: (now, before) => now.ingest.clockJumps > before.ingest.clockJumps || isAway(now) || hasGap(now, before),
    },
    {
      name: "configuration edited",
      run: () => edit(world.configurationFolder, random),
      // It is read again after minutes: what is seen of it is looked at in the end.
      isSeen: () => true,
    },
    {
      name: "backup and check",
      run: async () => {
        await world.post("api/storage/backup");
        await world.post("api/storage/verify");
      },
      // Not later, but another: the clock may have been set back.
      isSeen: ({ storage }, before) =>
        storage.lastBackupAt !== undefined && storage.verified?.at !== before.storage.verified?.at,
    },
    ...(disk === undefined
      ? []
      : [
          {
            name: "disk full",
            isAlone: true,
            run: () => fill(disk, seconds(40, 60), () => broker.send(`${commandTopic}/recompute`, "PRESS")),
            isSeen: isFull,
          },
        ]),
  ];
}

function isFull({ storage }: Overview): boolean {
  return storage.status === "full";
}

/** Somebody else takes what room there is. The store has some hundred kilobytes of its own left, for hours of values: `save` makes it write more than that. */
async function fill(disk: string, milliseconds: number, save: () => void): Promise<void> {
  const ballast = join(disk, "ballast");
  const { bavail, bsize } = statfsSync(disk);
  const begun = performance.now();
  writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  while (performance.now() - begun < milliseconds) {
    save();
    await pause(3_000);
  }
  rmSync(ballast);
}

const configurationFile = "configuration.yaml";

/** Another interval somewhere; now and then the file is broken for some seconds before. */
async function edit(folder: string, random: () => number): Promise<void> {
  const path = join(folder, configurationFile);
  const text = readFileSync(path, "utf8");
  if (random() < 0.3) {
    writeFileSync(path, text.slice(0, Math.floor(random() * text.length)));
    await pause(3_000);
  }
  const places = [...text.matchAll(/scan_interval: \d+/g)];
  const place = places[Math.floor(random() * places.length)];
  if (place === undefined) return;
  const [before, after] = [text.slice(0, place.index), text.slice(place.index + place[0].length)];
  writeFileSync(path, `${before}scan_interval: ${1 + Math.floor(random() * 60)}${after}`);
}

/** Seconds between reads as they stand in a configuration, by entity. */
export function configuredSeconds(text: string): ReadonlyMap<string, number> {
  const { modbus } = parse(text) as {
    modbus: readonly { sensors: readonly { name: string; scan_interval: number }[] }[];
  };
  return new Map(
    modbus.flatMap(({ sensors }) =>
      sensors.map(({ name, scan_interval: interval }) => [
        `sensor.${name.toLowerCase().replaceAll(" ", "_")}`,
        interval,
      ]),
    ),
  );
}
