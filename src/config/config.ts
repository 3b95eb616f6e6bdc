import { CadenceError } from "#core/errors.ts";
import { redacted } from "#core/redact.ts";
import { type Option, readOption, ruleOf } from "./option.ts";
import { type Config, type OptionKey, optionTable } from "./options.ts";

/** Values as somebody wrote them, and who that was: `config/cadence.yaml`, `HASS_URL`, `--store`. */
export interface RawOptions {
  readonly origin: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** How the keys are called there, where it differs from the table's name. */
  readonly names?: Readonly<Record<string, string>>;
}

/** One thing that is wrong with the options. */
export interface OptionProblem {
  readonly key: string;
  readonly origin: string;
  readonly sentence: string;
}

/**
 * Merges sources (later ones win) over the defaults and checks everything. Throws OPTIONS_INVALID that names every fault of
 * every source at once: option, rule, value, origin. Secrets are never repeated. The result is frozen.
 */
export function createConfig(sources: readonly RawOptions[]): Config {
  const values: Record<string, unknown> = {};
  const problems: OptionProblem[] = [];
  for (const [key, option] of Object.entries(optionTable)) {
    if (option.default !== undefined) values[key] = option.default;
  }
  for (const source of sources) {
    for (const [key, raw] of Object.entries(source.values)) {
      const written = source.names?.[key] ?? key;
      if (!isOptionKey(key)) {
        problems.push({ key, origin: source.origin, sentence: unknownSentence(written, source.origin) });
      } else if (raw !== undefined && raw !== null && raw !== "") {
        const value = readOption(optionTable[key], raw);
        if (value === undefined) {
          const sentence = `${written} (${source.origin}) must be ${ruleOf(optionTable[key])}, got ${show(optionTable[key], raw)}.`;
          problems.push({ key, origin: source.origin, sentence });
        } else {
          values[key] = value;
        }
      }
    }
  }
  problems.push(...crossChecks(values));
  if (problems.length > 0) {
    throw new CadenceError("OPTIONS_INVALID", problems.map(({ sentence }) => sentence).join("\n"), {
      remedy: "All options with their rules: npm run --silent cadence -- options",
      details: { problems },
    });
  }
  return Object.freeze(values) as Config;
}

function isOptionKey(key: string): key is OptionKey {
  return Object.hasOwn(optionTable, key);
}

const loopbackHosts: ReadonlySet<unknown> = new Set(["127.0.0.1", "::1", "localhost"]);

function crossChecks(values: Readonly<Record<string, unknown>>): OptionProblem[] {
  if (loopbackHosts.has(values["panel_host"]) || values["panel_token"] !== undefined) return [];
  const sentence = `panel_host is ${String(values["panel_host"])}, which other machines can reach: panel_token must be set too.`;
  return [{ key: "panel_token", origin: "panel_host", sentence }];
}

function unknownSentence(written: string, origin: string): string {
  const nearest = Object.keys(optionTable)
    .map((key) => ({ key, distance: editDistance(key, written) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  const hint = nearest !== undefined && nearest.distance <= 3 ? ` Did you mean ${nearest.key}?` : "";
  return `${written} (${origin}) is not an option.${hint}`;
}

function show(option: Option, raw: unknown): string {
  if (option.type === "secret") return redacted;
  const text = JSON.stringify(raw) ?? String(raw);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of Array.from(a).entries()) {
    const current = [row + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const substituted = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(substituted, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
