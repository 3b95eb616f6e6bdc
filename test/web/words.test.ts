import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "..", "..", "src");
/** The browser's own module; it is checked with the browser's types, not with ours. */
const { pages, told } = (await import(new URL("../../src/web/ui/words-de.js", import.meta.url).href)) as Record<
  "pages" | "told",
  Readonly<Record<string, string>>
>;
const german = { ...pages, ...told };
const places = (text: string): number => text.match(/\{\d?\}/g)?.length ?? 0;

/** Facts that are made of parts, and the whole sentences that come of them. */
const composed: Readonly<Record<string, readonly string[]>> = {
  "Home Assistant at {} {}.": [
    "Home Assistant at {} is starting.",
    "Home Assistant at {} has not {} within {} s.",
    "Home Assistant at {} closed the connection before it had {}.",
  ],
  "The MQTT broker {}.": [
    "The MQTT broker is not connected now.",
    "The MQTT broker does not answer.",
    "The MQTT broker took nothing: {}.",
  ],
  "{}The connection is tried again by itself.": [
    "It is probably starting.",
    "The connection is tried again by itself.",
  ],
};
/** What only the log says, or the end of the program. */
const unseen = [
  "The bridge was stopped.",
  "The broker's connection was ended.",
  "the Supervisor does not say where it is",
];

/** The sentences of a room's errors, with `{}` for what differs. */
function sentencesOf(room: string): readonly string[] {
  return readdirSync(join(source, room))
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const text = readFileSync(join(source, room, name), "utf8");
      const written = [
        ...text.matchAll(/CadenceError\(\s*"[A-Z_]+",\s*(?:"(?<plain>[^"]*)"|`(?<filled>[^`]*)`)/g),
        ...text.matchAll(/remedy:\s*(?:"(?<plain>[^"]*)"|`(?<filled>[^`]*)`)/g),
      ];
      return written
        .map(({ groups }) => (groups?.["plain"] ?? groups?.["filled"] ?? "").replaceAll(/\$\{[^}]*\}/g, "{}"))
        .flatMap((sentence) => composed[sentence] ?? [sentence]);
    });
}

describe("the panel's German", () => {
  it.each(["bridge", "publish"])("has every error that the room %s can show", (room) => {
    const sentences = sentencesOf(room);
    expect(sentences.length).toBeGreaterThan(3);
    expect(sentences.filter((each) => !Object.hasOwn(german, each) && !unseen.includes(each))).toEqual([]);
  });

  it.each([
    ["disk", "volume/disk-volume.ts", ": {}.", 7],
    ["server of all sites", "backends/postgres/postgres-errors.ts", ".", 3],
  ])("has every way in which the %s fails", (_, path, end, least) => {
    const text = readFileSync(join(source, "storage", path), "utf8");
    const ways = [...text.matchAll(/fact: "([^"]*)",\s*remedy: "([^"]*)"/g)];
    expect(ways.length).toBeGreaterThan(least);
    expect(
      ways
        .flatMap(([, fact, remedy]) => [`${fact}${end}`, remedy as string])
        .filter((each) => !Object.hasOwn(german, each)),
    ).toEqual([]);
  });

  it("leaves out nothing that differs, and fills no place twice from one that is not there", () => {
    for (const [english, other] of Object.entries(german)) {
      const numbered = [...other.matchAll(/\{(\d)\}/g)].map(([, place]) => Number(place));
      expect([english, Math.max(0, ...numbered) <= places(english)]).toEqual([english, true]);
      expect([english, places(other) <= places(english)]).toEqual([english, true]);
    }
  });
});
