import type { Option } from "./option.ts";
import { optionTable } from "./options.ts";

/** Options that the add-on offers; the Supervisor decides the others. */
const offered = Object.entries(optionTable).filter(([, { addon = true }]) => addon);

/** `options` and `schema` of the add-on's config.yaml, in the Supervisor's own words. */
export function addonOptions(): {
  readonly options: Readonly<Record<string, unknown>>;
  readonly schema: Readonly<Record<string, unknown>>;
} {
  return {
    options: Object.fromEntries(
      offered.filter(([, option]) => option.default !== undefined).map(([key, option]) => [key, option.default]),
    ),
    schema: Object.fromEntries(offered.map(([key, option]) => [key, schemaOf(option)])),
  };
}

/** Names and descriptions for the add-on's configuration page, in English. */
export function addonTranslations(): { readonly configuration: Readonly<Record<string, unknown>> } {
  return {
    configuration: Object.fromEntries(
      offered.map(([key, { text }]) => [key, { name: nameOf(key), description: text }]),
    ),
  };
}

function schemaOf(option: Option): unknown {
  // What has a default is always there; anything else may be left out.
  const optional = option.default === undefined ? "?" : "";
  switch (option.type) {
    case "text":
      return `str${optional}`;
    case "secret":
      return `password${optional}`;
    case "url":
      return `url${optional}`;
    case "integer":
      return `int(${option.minimum},${option.maximum})${optional}`;
    case "number":
      return `float(${option.minimum},${option.maximum})${optional}`;
    case "boolean":
      return `bool${optional}`;
    case "choice":
      return `list(${option.choices.join("|")})${optional}`;
    case "list":
      return [`match(${option.pattern.source})`];
  }
}

const abbreviations: Readonly<Record<string, string>> = { mqtt: "MQTT", url: "address", ca: "certificates" };

/** `drive_least_interval` is “Drive least interval”. */
function nameOf(key: string): string {
  const name = key
    .split("_")
    .map((word) => abbreviations[word] ?? word)
    .join(" ");
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
