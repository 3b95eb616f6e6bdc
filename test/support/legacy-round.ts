import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { readLegacyFolders } from "#sources/legacy/legacy-folder.ts";
import { seeded } from "./random.ts";

type Random = () => number;

/** A record in a file, and where it stands there. */
interface Placed {
  readonly name: string;
  /** Unix seconds: of the record, or of each decision. */
  readonly times: readonly number[];
  readonly kind: "statistics" | "history";
  readonly begin: number;
  readonly end: number;
}

interface MadeFile {
  path: string;
  bytes: Buffer;
  /** What can be read of it, whatever else is damaged. */
  placed: readonly Placed[];
  packed: boolean;
}

export interface LegacyRound {
  /** Records that no damage touched. */
  readonly whole: number;
  readonly damages: readonly string[];
}

/**
 * A folder as the old package leaves it, a few of its files damaged at random. Reading it must not fail nor change anything, must name every file once, and must find every record that
 * no damage touched, or a fresher one of its name. Throws an error that names the seed, which repeats the round.
 */
export async function legacyRound(seed: number): Promise<LegacyRound> {
  const random = seeded(seed);
  const directory = mkdtempSync(join(tmpdir(), "cadence-legacy-"));
  const damages: string[] = [];
  const fail = (what: string): never => {
    throw new Error(`seed ${seed} (${damages.join(", ")}): ${what}`);
  };
  try {
    const files = makeFolder(random);
    const links: { path: string; target: string }[] = [];
    for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
      const file = files[Math.floor(random() * files.length)] as MadeFile;
      if (links.some(({ path }) => path === file.path)) continue;
      const damage = pick(random, damageNames);
      damages.push(`${file.path} ${damage}`);
      if (damage === "link" || damage === "folder") {
        file.placed = [];
        links.push({
          path: file.path,
          target: damage === "folder" ? "" : pick(random, [".", "meta.json", "/etc/passwd", "nowhere"]),
        });
      } else if (damage === "swapped") {
        const other = files[Math.floor(random() * files.length)] as MadeFile;
        if (links.some(({ path }) => path === other.path)) continue;
        [file.bytes, other.bytes] = [other.bytes, file.bytes];
        [file.placed, other.placed] = [other.placed, file.placed];
        [file.packed, other.packed] = [other.packed, file.packed];
      } else {
        damageBytes(random, file, damage);
      }
    }
    write(directory, files, links);
    const before = digestOf(directory);
    const data = await readLegacyFolders([directory], { zone: "Europe/Berlin" });
    if (digestOf(directory) !== before) fail("the folder was changed");
    const named = data.report.files.map(({ path }) => path);
    for (const { path } of files)
      if (named.filter((each) => each === path).length !== 1) fail(`${path} is not named once`);
    const updated = new Map(data.statistics.map(({ name, updated: time }) => [name, time ?? 0]));
    const decided = new Set(data.history.map(({ entityId, time }) => `${entityId} ${time}`));
    let whole = 0;
    for (const { path, placed } of files) {
      for (const { name, kind, times } of placed) {
        whole += 1;
        for (const time of times) {
          const isThere =
            kind === "statistics" ? (updated.get(name) ?? 0) >= time * 1_000 : decided.has(`${name} ${time * 1_000}`);
          if (!isThere) fail(`${kind} of “${name}” in ${path} was not taken`);
        }
      }
    }
    return { whole, damages };
  } catch (error) {
    if ((error as Error).message.startsWith("seed ")) throw error;
    return fail((error as Error).stack ?? String(error));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const damageNames = [
  ...["cut", "zeroed", "zeroed to the end", "doubled", "removed part", "overwritten", "UTF-16", "byte order mark"],
  ...["empty", "blanks", "brackets", "swapped", "link", "folder", "packed", "cut when packed", "repeated part"],
] as const;
type Damage = (typeof damageNames)[number];

function damageBytes(random: Random, file: MadeFile, damage: Exclude<Damage, "link" | "folder" | "swapped">): void {
  const { bytes, placed } = file;
  const at = Math.floor(random() * (bytes.length + 1));
  const to = Math.min(bytes.length, at + Math.floor(random() ** 3 * bytes.length));
  const outside = ({ begin, end }: Placed): boolean => end <= at || begin >= to;
  // What is said of places holds for text; of packed bytes nobody knows what they were.
  const keep = (which: (each: Placed) => boolean): void => {
    file.placed = file.packed ? [] : placed.filter(which);
  };
  const join = (...parts: readonly Buffer[]): void => {
    file.bytes = Buffer.concat(parts);
  };
  const shifted = (by: number, from = 0): void => {
    file.placed = file.placed.map((each) =>
      each.begin >= from ? { ...each, begin: each.begin + by, end: each.end + by } : each,
    );
  };
  switch (damage) {
    case "cut":
      keep(({ end }) => end <= at);
      return join(bytes.subarray(0, at));
    case "zeroed":
    case "overwritten": {
      keep(outside);
      const noise =
        damage === "zeroed"
          ? Buffer.alloc(to - at)
          : Buffer.from(Array.from({ length: to - at }, () => random() * 256));
      return join(bytes.subarray(0, at), noise, bytes.subarray(to));
    }
    case "zeroed to the end":
      keep(({ end }) => end <= at);
      return join(bytes.subarray(0, at), Buffer.alloc(bytes.length - at));
    case "doubled":
      if (file.packed) file.placed = placed;
      return join(bytes, bytes);
    case "removed part":
      keep(outside);
      if (!file.packed) shifted(at - to, to);
      return join(bytes.subarray(0, at), bytes.subarray(to));
    case "repeated part":
      keep((each) => each.end <= to || each.begin >= to);
      if (!file.packed) shifted(to - at, to);
      return join(bytes.subarray(0, to), bytes.subarray(at));
    case "UTF-16":
    case "byte order mark": {
      if (file.packed) return;
      const text = bytes.toString("utf8");
      const is16 = damage === "UTF-16";
      const marked = `\uFEFF${text}`;
      // Places in it are counted differently from now on.
      file.packed = true;
      return join(Buffer.from(is16 && random() < 0.5 ? text : marked, is16 ? "utf16le" : "utf8"));
    }
    case "empty":
      file.placed = [];
      return join(Buffer.alloc(0));
    case "blanks":
      if (file.packed) return;
      shifted(300_000);
      return join(Buffer.alloc(300_000, 0x20), bytes, Buffer.alloc(300_000, 0x0a));
    case "brackets":
      if (file.packed) return;
      shifted(100_000);
      return join(Buffer.alloc(100_000, 0x5b), bytes, Buffer.alloc(100_000, 0x7b));
    case "packed":
    case "cut when packed": {
      if (file.packed) return;
      file.packed = true;
      const packed = gzipSync(bytes);
      if (damage === "packed") return join(packed);
      file.placed = [];
      return join(packed.subarray(0, Math.floor(random() * packed.length)));
    }
  }
}

/** Names as they occur, the ugly ones, too. */
function nameOf(random: Random, number: number): string {
  const kind = random();
  if (kind < 0.7) return `sensor.meter_${number}`;
  if (kind < 0.8) return `Phase ${number} Voltage`;
  if (kind < 0.9) return String(number * 10);
  return (
    pick(random, ["__proto__", "constructor", "zähler", "m\u{1F600}ter", 'with "quotes"', "back\\slash"]) +
    (random() < 0.5 ? "" : number)
  );
}

function makeFolder(random: Random): MadeFile[] {
  const names = [
    ...new Set(Array.from({ length: 3 + Math.floor(random() * 20) }, (_, number) => nameOf(random, number))),
  ];
  const files: MadeFile[] = [];
  let clock = 1_754_000_000;
  const add = (
    path: string,
    indent: boolean,
    members: readonly { name: string; text: string; times: readonly number[]; kind?: Placed["kind"] }[],
  ): void => {
    const { bytes, placed } = layOut(members, indent);
    const packed = path.endsWith(".gz");
    files.push({ path, bytes: packed ? gzipSync(bytes) : bytes, placed, packed });
  };
  const some = (): string[] => names.filter(() => random() < 0.7);
  const statistics = (
    of: readonly string[],
    indent: boolean,
  ): { name: string; text: string; times: number[]; kind: "statistics" }[] =>
    of.map((name) => {
      clock += 10;
      return { name, text: statisticsText(random, name, clock, indent), times: [clock], kind: "statistics" };
    });
  const history = (
    of: readonly string[],
    indent: boolean,
  ): { name: string; text: string; times: number[]; kind: "history" }[] =>
    of.map((name) => {
      const times = Array.from({ length: 1 + Math.floor(random() * 6) }, () => (clock += 7));
      const records = times.map((time) => ({
        timestamp: time,
        interval: 5 + Math.floor(random() * 60),
        pattern: null,
        stability: random(),
      }));
      return { name, text: pythonJson(records, indent ? 1 : undefined), times, kind: "history" };
    });
  add("entity_stats.json", true, statistics(some(), true));
  if (random() < 0.5) add("entity_stats.tmp", true, statistics(some(), true));
  if (random() < 0.5) add("entity_stats.json.bak", true, statistics(some(), true));
  add("interval_history.json", true, history(some(), true));
  if (random() < 0.5) {
    for (let chunk = 0; chunk < 3; chunk += 1)
      add(`chunks/entity_stats/${chunk}.json${random() < 0.3 ? ".gz" : ""}`, false, statistics(some(), false));
    add("chunks/entity_stats_0.json", false, statistics(some(), false));
    add("archives/entity_stats_1.json.bak", false, statistics(some(), false));
    add("metadata/interval_history.json", true, history(some(), true));
    add(
      "indexes/entity_index.json",
      true,
      names.map((name, index) => ({ name, text: index % 2 === 0 ? `${index}` : `"${index}"`, times: [] })),
    );
  }
  add("clusters.json", true, [
    { name: "cluster_0", text: pythonJson(some(), 1), times: [] },
    { name: "default_cluster", text: "[]", times: [] },
  ]);
  add(
    "correlation_matrix.json",
    true,
    some().map((name) => ({
      name,
      text: pythonJson(Object.fromEntries(some().map((other) => [other, random() * 2 - 1])), 1),
      times: [],
    })),
  );
  add("patterns.json", true, [
    { name: "current_pattern", text: "1", times: [] },
    { name: "patterns", text: pythonJson({ 0: { pattern_id: 0, defining_criteria: ["stable"] } }, 1), times: [] },
    { name: "meta", text: pythonJson({ last_detection: "2025-08-07T19:40:00" }, 1), times: [] },
  ]);
  add("meta.json", true, [
    { name: "version", text: '"1.0.0"', times: [] },
    { name: "last_update", text: '"2025-08-07T19:40:00"', times: [] },
  ]);
  return files;
}

function statisticsText(random: Random, name: string, updated: number, indent: boolean): string {
  const values = Array.from({ length: Math.floor(random() * 20) }, () =>
    pick(random, ["@NaN", "@-Infinity", "@9223372036854775807", 12.5, "on", true, random() * 100]),
  );
  const record = {
    insufficient_data: false,
    poll_count: Math.floor(random() * 5_000),
    recent_values: values,
    last_success_time: "2025-08-07 21:40:00",
    last_stats_update: updated,
    ...(random() < 0.5 ? {} : { interval_stats: { entity_id: name, poll_count: 3, change_rate: 0.5 } }),
    ...(random() < 0.5
      ? {}
      : { note: pick(random, ["a } in it", 'a " and {', '{"poll_count": 1}', "end\\", "größer"]) }),
  };
  return pythonJson(record, indent ? 1 : undefined);
}

/** As `json.dump` writes it, with `indent=2` where a depth is given. Words of Python's own stand behind an `@`. */
function pythonJson(value: unknown, depth: number | undefined): string {
  const text =
    depth === undefined
      ? JSON.stringify(value).replaceAll(/(?<=[[{,:\]}"\d])(,|:)(?=["\d[{tfn@-])/g, "$1 ")
      : JSON.stringify(value, null, 2).replaceAll("\n", `\n${"  ".repeat(depth)}`);
  return escapeText(text).replaceAll(/"@(-?\w+)"/g, "$1");
}

function escapeText(text: string): string {
  return text.replaceAll(
    /[^\u0020-\u007E\n]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function layOut(
  members: readonly { name: string; text: string; times: readonly number[]; kind?: Placed["kind"] }[],
  indent: boolean,
): { bytes: Buffer; placed: Placed[] } {
  const placed: Placed[] = [];
  let text = "{";
  for (const [index, { name, text: value, times, kind }] of members.entries()) {
    if (index > 0) text += indent ? "," : ", ";
    if (indent) text += "\n  ";
    const begin = text.length;
    text += `${escapeText(JSON.stringify(name))}: ${value}`;
    if (kind !== undefined) placed.push({ name, times, kind, begin, end: text.length });
  }
  text += indent && members.length > 0 ? "\n}" : "}";
  return { bytes: Buffer.from(text), placed };
}

function write(
  directory: string,
  files: readonly MadeFile[],
  links: readonly { path: string; target: string }[],
): void {
  for (const { path, bytes } of files) {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    const link = links.find((each) => each.path === path);
    if (link === undefined) writeFileSync(full, bytes);
    else if (link.target === "") mkdirSync(full);
    else symlinkSync(link.target, full);
  }
}

function digestOf(directory: string): string {
  const hash = createHash("sha256");
  // Links are not followed: some lead back to where they are.
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const stats = lstatSync(path);
      hash.update(`${path} ${stats.mode} ${stats.mtimeMs}\n`);
      if (entry.isSymbolicLink()) hash.update(readlinkSync(path));
      else if (entry.isDirectory()) walk(path);
      else hash.update(readFileSync(path));
    }
  };
  walk(directory);
  return hash.digest("hex");
}

function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value;
}
