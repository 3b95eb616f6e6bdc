import { isConnected, type Overview } from "#model/overview.ts";

/** What matters most right now, for the first line of every page. */
export interface Verdict {
  readonly mood: "good" | "warning" | "bad" | "learning";
  readonly sentence: string;
}

/** The worst thing first: no connection, storage in trouble, an overloaded bus, learning, all well. */
export function verdictOf({ connection, storage, buses, entities }: Overview): Verdict {
  if (!isConnected(connection.state)) {
    // Why, and what to do, stands above every page.
    const known = entities.length > 0;
    return {
      mood: "warning",
      sentence: known ? "Home Assistant is away: these numbers are from before." : "Waiting for Home Assistant.",
    };
  }
  if (storage.status !== "ok")
    return { mood: "bad", sentence: storage.cause ?? "The store has damaged parts; everything else is read." };
  const worst = buses[0];
  if (entities.length === 0) return { mood: "warning", sentence: "No Modbus entity was found in Home Assistant." };
  if (worst === undefined || worst.load.counted === 0)
    return { mood: "learning", sentence: "Learning: first advice in a few minutes. Nothing needs to be done." };
  if (worst.load.utilisation > 0.95) return { mood: "bad", sentence: worst.sentence };
  const changes = entities.filter(({ advice }) => advice?.action === "slower" || advice?.action === "faster").length;
  const mood = worst.load.utilisation > worst.budget ? "warning" : "good";
  if (changes === 0) return { mood, sentence: worst.sentence };
  return {
    mood,
    sentence: `${worst.sentence} ${changes} of ${entities.length} intervals could be better.`,
  };
}
